import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, join, jsonOf, type MessageJson, roomOf, type Someone, say } from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, run, startInstances } from './scene.ts'

const test = suite('roles in a room')
const { database, instance } = startInstances(test, ['instance'])

let olga: Someone
let mod: Someone
let ann: Someone
let room: string

test.before.each(async () => {
  const { app } = instance
  ;[olga, mod, ann] = [await join(app, 'olga'), await join(app, 'mod'), await join(app, 'ann')]
  room = await roomOf(app, olga, `Room ${Math.random()}`, 'closed')
  const link = await linkTo(app, olga, room)
  for (const by of [mod, ann]) await come(app, by, link)
  assert.is((await put(olga, mod, { role: 'moderator' })).status, 200)
})

const put = (by: Someone, { id }: Someone, json: object, slug = room) =>
  ask(instance.app, `/r/${slug}/members/${id}`, { by, method: 'PUT', json })
const remove = (by: Someone, { id }: Someone, slug = room) =>
  ask(instance.app, `/r/${slug}/members/${id}`, { by, method: 'DELETE' })
const settings = (by: Someone, json: object, slug = room) =>
  ask(instance.app, `/r/${slug}`, { by, method: 'PATCH', json })
const post = (by: Someone, body = 'said', slug = room) =>
  ask(instance.app, `/r/${slug}/messages`, { by, json: { body } })

test('a moderator sets the topic and how slow it is, an owner everything', async () => {
  for (const draft of [{ topic: 'news' }, { slow_seconds: 10 }, { slow_seconds: 0 }]) {
    assert.is((await settings(mod, draft)).status, 200)
    await isRefused('json', await settings(ann, draft), 403, 'not_allowed')
  }
  for (const draft of [{ name: 'New' }, { visibility: 'open' }, { archived: true }]) {
    await isRefused('json', await settings(mod, draft), 403, 'not_allowed')
  }
  assert.is((await settings(olga, { name: `Other ${Math.random()}` })).status, 200)
})

test('nobody gives more than they have, or takes from who has as much', async () => {
  await isRefused('json', await put(mod, ann, { role: 'moderator' }), 403, 'not_allowed')
  await isRefused('json', await put(mod, mod, { role: 'owner' }), 403, 'not_allowed')
  await isRefused('json', await put(ann, ann, { role: 'moderator' }), 403, 'not_allowed')
  for (const act of [
    put(mod, olga, { role: 'reader' }),
    remove(mod, olga),
    put(ann, mod, { muted_for: 60 }),
  ]) {
    await isRefused('json', await act, 403, 'not_allowed')
  }
  assert.is((await put(mod, ann, { role: 'reader' })).status, 200)
  assert.is((await put(olga, ann, { role: 'moderator' })).status, 200)
  await isRefused('json', await remove(mod, ann), 403, 'not_allowed')
})

test('the last owner stays until there is another', async () => {
  await isRefused('json', await remove(olga, olga), 409, 'conflict')
  await isRefused('json', await put(olga, olga, { role: 'member' }), 409, 'conflict')
  await put(olga, mod, { role: 'owner' })
  assert.is((await remove(olga, olga)).status, 200)
})

test('who is muted reads and does not write, until it is over, and does not leave to end it', async () => {
  assert.is((await put(mod, ann, { muted_for: 3600 })).status, 200)
  await isRefused('json', await post(ann), 403, 'not_allowed')
  await isRefused('json', await remove(ann, ann), 403, 'not_allowed')
  await run(
    database,
    "update members set muted_until = now() - interval '1 second' where muted_until is not null",
  )
  assert.is((await post(ann)).status, 201)
})

test('a reader reads, and in an open room does not leave to write', async () => {
  const open = await roomOf(instance.app, olga, `Room ${Math.random()}`)
  await say(instance.app, ann, open, 'hello')
  await put(olga, ann, { role: 'reader' }, open)
  await isRefused('json', await post(ann, 'more', open), 403, 'not_allowed')
  await isRefused('json', await remove(ann, ann, open), 403, 'not_allowed')
  await isRefused('json', await put(ann, ann, { role: 'member' }, open), 403, 'not_allowed')
})

test('somebody whom one has met nowhere does not exist, and is not named', async () => {
  const stranger = await join(instance.app, 'Secret Stranger')
  const missing = { ...stranger, id: '999999999' }
  for (const who of [stranger, missing]) {
    const answer = await put(olga, who, { role: 'member' })
    assert.is(answer.status, 404)
    assert.not.match(await answer.text(), /Secret/)
  }
  assert.is(
    (await ask(instance.app, `/r/${room}/members/${stranger.id}`, { by: olga })).status,
    404,
  )
})

test('people are found by how their names begin', async () => {
  const found = async (q: string) => {
    const path = `/r/${room}/members?q=${encodeURIComponent(q)}`
    const list = ask(instance.app, path, { by: olga })
    const { members } = await jsonOf<{ members: { person: { name: string } }[] }>(list)
    return members.map(({ person }) => person.name)
  }
  assert.equal(await found('OL'), ['olga'])
  assert.equal(await found('lga'), [])
  assert.equal(await found('%'), [])
  assert.is((await found('')).length, 3)
})

test('whom a room keeps out is told to its moderators alone', async () => {
  const { app } = instance
  const open = await roomOf(app, olga, `Room ${Math.random()}`)
  await say(app, ann, open, 'hello')
  const banned = await ask(app, `/r/${open}/bans/${ann.id}`, { by: olga, method: 'PUT' })
  assert.is(banned.status, 200)
  const shown = (by?: Someone) => ask(app, `/r/${open}/members/${ann.id}`, { by })
  assert.is((await shown(olga)).status, 200)
  for (const by of [mod, undefined]) await isRefused('json', await shown(by), 404, 'not_found')
})

test('an archived room is read, not written to, and nobody’s but its owner’s to open again', async () => {
  await say(instance.app, ann, room, 'before')
  assert.is((await settings(olga, { archived: true })).status, 200)
  await isRefused('json', await post(ann), 403, 'not_allowed')
  await isRefused('json', await settings(mod, { topic: 'x' }), 403, 'not_allowed')
  assert.is((await ask(instance.app, `/r/${room}`, { by: ann })).status, 200)
  assert.is((await settings(olga, { archived: false })).status, 200)
  assert.is((await post(ann)).status, 201)
})

test('in a slow room one writes once in a while, however many are sent at once', async () => {
  await settings(mod, { slow_seconds: 60 })
  const answers = await Promise.all([post(ann, 'one'), post(ann, 'two'), post(ann, 'three')])
  assert.equal(answers.map(({ status }) => status).sort(), [201, 429, 429])
  const refused = await post(ann, 'four')
  assert.is(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 50)
  for (let i = 0; i < 3; i++) assert.is((await post(mod)).status, 201, 'moderators are not slowed')
})

test('a level is one’s own, and told to nobody else', async () => {
  assert.is((await put(ann, ann, { level: 'nothing' })).status, 200)
  await isRefused('json', await put(olga, ann, { level: 'nothing' }), 403, 'not_allowed')
  const members = async (by: Someone) =>
    (await ask(instance.app, `/r/${room}/members`, { by })).text()
  assert.match(await members(ann), /"level":"nothing"/)
  assert.not.match(await members(olga), /"level":"nothing"/)
})

test('a moderator deletes anybody’s message, an author their own, and a version that is old nothing', async () => {
  const [first, second] = [
    await say(instance.app, ann, room, 'one'),
    await say(instance.app, mod, room, 'two'),
  ]
  const drop = (by: Someone, n: number, headers: Record<string, string> = {}) =>
    ask(instance.app, `/r/${room}/messages/${n}`, { by, method: 'DELETE', headers })
  await isRefused('json', await drop(ann, second.n), 403, 'not_allowed')
  await isRefused('json', await drop(ann, first.n, { 'if-match': '"7"' }), 409, 'conflict')
  const gone = await jsonOf<MessageJson>(drop(ann, first.n, { 'if-match': `"${first.version}"` }))
  assert.equal([gone.deleted, gone.body, gone.version], [true, '', first.version + 1])
  assert.is((await drop(ann, first.n)).status, 200, 'once more changes nothing')
  assert.is((await drop(mod, second.n)).status, 200)
  for (const form of ['json', 'page', 'text'] as const) {
    const text = await (await ask(instance.app, `/r/${room}`, { by: ann, form })).text()
    assert.not.match(text, /\bone\b.*<|: (one|two)$/m, form)
  }
})

test('what moderators did stands in a log that takes no change', async () => {
  await put(mod, ann, { muted_for: 60 })
  await ask(instance.app, `/r/${room}/bans/${ann.id}`, { by: olga, method: 'PUT' })
  const audit = (by: Someone) => ask(instance.app, `/r/${room}/audit`, { by })
  const { entries } = await jsonOf<{ entries: { action: string; by: { name: string } }[] }>(
    audit(mod),
  )
  assert.equal(
    entries.slice(0, 2).map(({ action, by }) => [action, by.name]),
    [
      ['member.banned', 'olga'],
      ['member.changed', 'mod'],
    ],
  )
  for (const change of ['update audit set by_id = 1', 'delete from audit', 'truncate audit']) {
    const refused = await run(database, change).catch((error) => String(error))
    assert.match(refused as string, /only ever added to/)
  }
})

test('a conversation is one for each set of people, and nobody else’s', async () => {
  const talk = (by: Someone, ...others: Someone[]) =>
    ask(instance.app, '/directs', { by, json: { people: others.map(({ id }) => id).join(',') } })
  const slugOf = async (answer: Promise<Response>) =>
    (await jsonOf<{ room: { slug: string } }>(answer)).room.slug
  const [first, second] = await Promise.all([slugOf(talk(ann, olga)), slugOf(talk(olga, ann))])
  assert.is(first, second)
  assert.is.not(await slugOf(talk(ann, olga, mod)), first)
  assert.is((await post(ann, 'between us', first)).status, 201)
  for (const path of ['', '/messages', '/members']) {
    assert.is((await ask(instance.app, `/r/${first}${path}`, { by: mod })).status, 404)
  }
  const stranger = await join(instance.app, 'stranger')
  await isRefused('json', await talk(ann, stranger), 404, 'not_found')
  for (const act of [
    settings(ann, { topic: 'x' }, first),
    remove(ann, olga, first),
    put(ann, olga, { role: 'reader' }, first),
  ]) {
    await isRefused('json', await act, 403, 'not_allowed')
  }
})

test.run()
