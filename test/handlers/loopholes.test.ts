/** Ways around what somebody may do, each of which was open once. */
import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, member, run, serverOwner } from './scene.ts'

const test = suite('loopholes')

let database: TestDatabase
let instance: Instance
let olga: Someone

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  olga = await serverOwner(instance.app, database, 'olga')
})
test.after.each(async () => {
  await instance.stop()
  await database.drop()
})

const put = (by: Someone, path: string, json: object = {}) =>
  ask(instance.app, path, { by, method: 'PUT', json })
const patch = (by: Someone, path: string, json: object) =>
  ask(instance.app, path, { by, method: 'PATCH', json })
const status = async (answer: Promise<Response>) => (await answer).status

test('a link that signs a member in does not sign in the owner whom they became', async () => {
  const { app } = instance
  const ann = await member(app, 'ann')
  const made = ask(app, `/people/${ann.id}/link`, { by: olga, json: {} })
  const { url } = await jsonOf<{ url: string }>(made)
  assert.is(await status(patch(olga, `/people/${ann.id}`, { kind: 'owner' })), 200)
  const entered = ask(app, new URL(url).pathname, { json: { password: 'another few words' } })
  assert.is(await status(entered), 404)
})

test('the link of a moderator who is one no more lets nobody in', async () => {
  const { app } = instance
  const [host, mod, late] = [
    await join(app, 'host'),
    await join(app, 'mod'),
    await join(app, 'late'),
  ]
  const room = await roomOf(app, host, 'Room', 'closed')
  await come(app, mod, await linkTo(app, host, room))
  await put(host, `/r/${room}/members/${mod.id}`, { role: 'moderator' })
  const link = await linkTo(app, mod, room)
  await ask(app, `/r/${room}/members/${mod.id}`, { by: host, method: 'DELETE' })
  for (const by of [mod, late]) assert.is(await status(come(app, by, link)), 404)
})

test('nobody keeps the server’s owner out of an open room', async () => {
  const { app } = instance
  const host = await join(app, 'host')
  await say(app, olga, 'lobby', 'here')
  const room = await roomOf(app, host, 'Rogue')
  for (const act of [
    put(host, `/r/${room}/bans/${olga.id}`),
    put(host, `/r/${room}/members/${olga.id}`, { muted_for: 60 }),
    put(host, `/r/${room}/members/${olga.id}`, { role: 'reader' }),
  ]) {
    await isRefused('json', await act, 403, 'not_allowed')
  }
  const { n } = await say(app, host, room, 'against the rules')
  const gone = ask(app, `/r/${room}/messages/${n}`, { by: olga, method: 'DELETE' })
  assert.is(await status(gone), 200)
})

/** What somebody is told of other rooms, of what is said after they asked. */
async function headsAfter(by: Someone, speak: () => Promise<unknown>): Promise<string> {
  const { next } = await jsonOf<{ next: string }>(ask(instance.app, '/me/events', { by }))
  await speak()
  return (await ask(instance.app, `/me/events?after=${next}&wait=1`, { by })).text()
}

test('somebody banned from the server hears of no room', async () => {
  const { app } = instance
  const ben = await join(app, 'ben')
  const room = await roomOf(app, olga, 'Secret', 'closed')
  await come(app, ben, await linkTo(app, olga, room))
  await put(olga, `/people/${ben.id}/ban`)
  assert.not.match(await headsAfter(ben, () => say(app, olga, room, 'x')), /room\.head/)
  assert.not.match(await headsAfter(ben, () => say(app, olga, 'lobby', 'x')), /room\.head/)
})

test('a guest hears of no room that only their own words once led into', async () => {
  const { app } = instance
  const guest = await join(app, 'guest')
  const room = await roomOf(app, olga, 'Talky')
  await say(app, guest, room, 'hello')
  await patch(olga, `/r/${room}`, { visibility: 'closed' })
  await patch(olga, '/policy', { entry: 'invited' })
  assert.is(await status(ask(app, `/r/${room}`, { by: guest })), 404)
  assert.not.match(await headsAfter(guest, () => say(app, olga, room, 'x')), /room\.head/)
})

test('leaving and coming back ends neither slow mode nor what a moderator made of one', async () => {
  const { app } = instance
  const ann = await join(app, 'ann')
  const slow = await roomOf(app, olga, 'Slow')
  await patch(olga, `/r/${slow}`, { slow_seconds: 3600 })
  await say(app, ann, slow, 'once')
  const leave = (room: string) =>
    ask(app, `/r/${room}/members/${ann.id}`, { by: ann, method: 'DELETE' })
  await isRefused('json', await leave(slow), 403, 'not_allowed')
  const closed = await roomOf(app, olga, 'Closed', 'closed')
  await come(app, ann, await linkTo(app, olga, closed))
  await put(olga, `/r/${closed}/members/${ann.id}`, { role: 'reader' })
  await isRefused('json', await leave(closed), 403, 'not_allowed')
})

test('a guest’s own link invites nobody to an account', async () => {
  const { app } = instance
  const guest = await join(app, 'guest')
  await patch(olga, '/policy', { accounts: 'invited' })
  const room = await roomOf(app, guest, 'Mine', 'closed')
  const invite = (await linkTo(app, guest, room)).replace('/join/', '')
  const open = (by: Someone | undefined) =>
    ask(app, '/accounts', { by, json: { name: 'n', password: 'a few plain words', invite } })
  for (const by of [guest, undefined]) await isRefused('json', await open(by), 403, 'not_allowed')
})

test('one use of a link makes one account, however many ask at once', async () => {
  const { app } = instance
  await patch(olga, '/policy', { accounts: 'invited' })
  const room = await roomOf(app, olga, 'Once', 'closed')
  const invite = (await linkTo(app, olga, room, { uses: 1 })).replace('/join/', '')
  const open = (name: string) =>
    ask(app, '/accounts', { json: { name, password: 'a few plain words', invite } })
  // What fails for another reason takes nothing away.
  await isRefused('json', await open(olga.name), 409, 'conflict')
  const answers = await Promise.all(['u', 'v'].map(open))
  assert.equal(answers.map(({ status }) => status).sort(), [201, 403])
  await isRefused('json', await open('w'), 403, 'not_allowed')
})

test('a crowd of rooms pushes nobody’s own out of their list', async () => {
  const { app } = instance
  const ann = await member(app, 'ann')
  const room = await roomOf(app, ann, 'Zebra club', 'closed')
  await run(
    database,
    `insert into rooms (slug, name, visibility) select 'a-' || n, '! ' || n, 'open' from generate_series(1, 600) n`,
  )
  const { rooms } = await jsonOf<{ rooms: { slug: string }[] }>(ask(app, '/', { by: ann }))
  assert.equal(
    rooms.slice(0, 2).map(({ slug }) => slug),
    ['lobby', room],
  )
})

test('a cursor that no database has written is none', async () => {
  const { live } = await jsonOf<PageJson>(ask(instance.app, '/r/lobby', {}))
  const [epoch] = live.split('.')
  for (const odd of [`${epoch}.0_0-0-`, `${epoch}.0_5-10-7.6`, `${epoch}.0_5-3-`]) {
    await isRefused('json', await ask(instance.app, `/me/events?after=${odd}`), 400, 'malformed')
  }
})

test('many who leave, come and rename themselves at once hold each other up in no circle', async () => {
  const { app } = instance
  const rooms = [await roomOf(app, olga, 'A', 'closed'), await roomOf(app, olga, 'B', 'closed')]
  // Of the same lane: every second room.
  rooms.push(await roomOf(app, olga, 'C', 'closed'))
  const links = await Promise.all(rooms.map((room) => linkTo(app, olga, room)))
  for (let turn = 0; turn < 10; turn++) {
    const going = await Promise.all([1, 2, 3].map((n) => join(app, `going ${n}`)))
    const coming = await Promise.all([1, 2, 3].map((n) => join(app, `coming ${n}`)))
    await Promise.all(going.map((by) => come(app, by, links[0] ?? '')))
    const answers = await Promise.all([
      ...going.map((by) => ask(app, `/r/${rooms[0]}/members/${by.id}`, { by, method: 'DELETE' })),
      ...coming.map((by) => come(app, by, links[2] ?? '')),
      ...coming.map((by) => patch(by, '/me', { name: `renamed ${turn}` })),
    ])
    for (const answer of answers) assert.ok(answer.status < 300, `${answer.status}`)
  }
})

test.run()
