import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import {
  ask,
  type ChangesJson,
  join,
  jsonOf,
  type MessageJson,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, run, startInstances } from './scene.ts'

const test = suite('invitation links')
const { database, instance } = startInstances(test, ['instance'])

let olga: Someone

test.before(async () => {
  olga = await join(instance.app, 'olga')
})

const closed = () => roomOf(instance.app, olga, `Room ${Math.random()}`, 'closed')
const status = async (response: Promise<Response>) => (await response).status

test('a link to read lets one read, and a link to write lets one write', async () => {
  const room = await closed()
  const [reader, writer] = [await join(instance.app, 'rea'), await join(instance.app, 'wri')]
  await come(instance.app, reader, await linkTo(instance.app, olga, room, { access: 'read' }))
  await come(instance.app, writer, await linkTo(instance.app, olga, room))
  for (const by of [reader, writer])
    assert.is(await status(ask(instance.app, `/r/${room}`, { by })), 200)
  const post = (by: Someone) =>
    ask(instance.app, `/r/${room}/messages`, { by, json: { body: 'x' } })
  await isRefused('json', await post(reader), 403, 'not_allowed')
  assert.is(await status(post(writer)), 201)
})

test('of two who come at once by the last use of a link, one gets in', async () => {
  const room = await closed()
  const link = await linkTo(instance.app, olga, room, { uses: 1 })
  const people = await Promise.all([1, 2, 3, 4].map((n) => join(instance.app, `one ${n}`)))
  const answers = await Promise.all(people.map((by) => status(come(instance.app, by, link))))
  assert.equal(answers.sort(), [201, 404, 404, 404])
})

test('whoever is in already uses nothing up, and stays what they are', async () => {
  const room = await closed()
  const link = await linkTo(instance.app, olga, room, { uses: 1 })
  const [ann, ben] = [await join(instance.app, 'ann'), await join(instance.app, 'ben')]
  await come(instance.app, olga, link)
  assert.is(await status(come(instance.app, ann, link)), 201)
  assert.is(await status(come(instance.app, ann, link)), 201)
  assert.is(await status(come(instance.app, ben, link)), 404)
  const members = await (await ask(instance.app, `/r/${room}/members`, { by: olga })).text()
  assert.match(members, /"role":"owner"/)
})

test('a link that has expired or was revoked is none', async () => {
  const room = await closed()
  const [old, gone] = [
    await linkTo(instance.app, olga, room, { expires_in: 3600 }),
    await linkTo(instance.app, olga, room),
  ]
  await run(
    database,
    "update links set expires_at = now() - interval '1 second' where expires_at is not null",
  )
  const { links } = await jsonOf<{ links: { id: string; expires_at: string | null }[] }>(
    ask(instance.app, `/r/${room}/links`, { by: olga }),
  )
  const { id } = links.find(({ expires_at }) => expires_at === null) ?? { id: '' }
  await ask(instance.app, `/r/${room}/links/${id}`, { by: olga, method: 'DELETE' })
  const ann = await join(instance.app, 'ann')
  for (const link of [old, gone, '/join/nothing', '/join/%00', `/join/${'x'.repeat(5000)}`]) {
    assert.is(await status(ask(instance.app, link, { by: ann })), 404, link)
    assert.is(await status(come(instance.app, ann, link)), 404, link)
  }
})

test('what a link holds is told once, and stands in the database only as a hash', async () => {
  const room = await closed()
  const token = (await linkTo(instance.app, olga, room)).replace('/join/', '')
  const listed = await (await ask(instance.app, `/r/${room}/links`, { by: olga })).text()
  assert.not.ok(listed.includes(token))
  const rows = await run<{ text: string }>(
    database,
    "select links::text || encode(key, 'escape') as text from links",
  )
  for (const { text } of rows) assert.not.ok(text.includes(token))
  assert.not.ok(instance.lines.join('\n').includes(token))
})

test('somebody banned from the room does not come in by a link', async () => {
  const room = await closed()
  const link = await linkTo(instance.app, olga, room)
  const ann = await join(instance.app, 'ann')
  await come(instance.app, ann, link)
  await ask(instance.app, `/r/${room}/bans/${ann.id}`, { by: olga, method: 'PUT' })
  assert.is(await status(ask(instance.app, link, { by: ann })), 404)
  assert.is(await status(come(instance.app, ann, link)), 404)
})

/** Somebody let in from now on, after two messages were said; a third comes after. */
async function latecomer() {
  const room = await closed()
  const [first] = [
    await say(instance.app, olga, room, 'old one'),
    await say(instance.app, olga, room, 'old two'),
  ]
  const late = await join(instance.app, 'late')
  await come(instance.app, late, await linkTo(instance.app, olga, room, { history: 'from_now' }))
  const reply = { body: 'in answer', reply_to: first.n }
  const answer = ask(instance.app, `/r/${room}/messages`, { by: olga, json: reply })
  return { room, late, first, third: await jsonOf<MessageJson>(answer) }
}

test('whoever sees what is said from now on reads nothing older, however they ask', async () => {
  const { room, late, first, third } = await latecomer()
  const read = (query: string) =>
    jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages${query}`, { by: late }))
  for (const query of ['', '?from=0', '?from=1', `?around=${first.n}`, `?before=${third.n + 1}`]) {
    assert.equal(
      (await read(query)).messages.map(({ n }) => n),
      [third.n],
      query,
    )
  }
  assert.equal((await read(`?before=${third.n}`)).messages, [])
  assert.is(await status(ask(instance.app, `/r/${room}/messages/${first.n}`, { by: late })), 404)
  for (const form of ['json', 'text', 'fragment', 'page'] as const) {
    const text = await (await ask(instance.app, `/r/${room}`, { by: late, form })).text()
    assert.not.match(text, /old one|old two/, form)
    const all = ask(instance.app, `/r/${room}/messages?after=0`, { by: late, form })
    assert.not.match(await (await all).text(), /old one|old two/, form)
  }
})

test('what answers something older looks as if it answered nothing', async () => {
  const { room, late, third } = await latecomer()
  const one = ask(instance.app, `/r/${room}/messages/${third.n}`, { by: late })
  assert.is((await jsonOf<MessageJson>(one)).reply_to, null)
  const { events } = await jsonOf<ChangesJson>(
    ask(instance.app, `/r/${room}/messages?after=0`, { by: late }),
  )
  assert.equal(
    events.flatMap(({ message }) => message?.reply_to ?? []),
    [],
  )
})

test('a moderator who sees what is said from now on is shown nothing older as reported', async () => {
  const { app } = instance
  const room = await closed()
  const { n } = await say(app, olga, room, 'old')
  const late = await join(app, 'late')
  await come(app, late, await linkTo(app, olga, room, { history: 'from_now' }))
  const path = `/r/${room}/members/${late.id}`
  const made = ask(app, path, { by: olga, method: 'PUT', json: { role: 'moderator' } })
  assert.is(await status(made), 200)
  const report = { by: olga, json: { reason: 'rude' } }
  assert.is(await status(ask(app, `/r/${room}/messages/${n}/reports`, report)), 201)
  const listed = async (by: Someone) => {
    const { reports } = await jsonOf<{ reports: { id: string }[] }>(
      ask(app, `/r/${room}/reports`, { by }),
    )
    return reports.map(({ id }) => id)
  }
  const [id] = await listed(olga)
  assert.equal(await listed(late), [])
  const settle = (by: Someone) => ask(app, `/r/${room}/reports/${id}`, { by, method: 'DELETE' })
  await isRefused('json', await settle(late), 404, 'not_found')
  assert.is(await status(settle(olga)), 200)
})

test('nobody is told of a change of what is older than they may see', async () => {
  const { room, late, first, third } = await latecomer()
  const { live } = await jsonOf<PageJson>(ask(instance.app, `/r/${room}`, { by: late }))
  const wait = ask(instance.app, `/r/${room}/messages?after=${live}&wait=20`, { by: late })
  const stream = await ask(instance.app, `/me/events?open=${room}&after=${live}`, {
    by: late,
    headers: { accept: 'text/event-stream' },
  })
  const remove = (n: number) =>
    ask(instance.app, `/r/${room}/messages/${n}`, { by: olga, method: 'DELETE' })
  await remove(first.n)
  await remove(third.n)
  const { events } = await jsonOf<ChangesJson>(wait)
  assert.equal(
    events.map(({ type, message }) => [type, message.n]),
    [['message.deleted', third.n]],
  )
  const reader = stream.body?.getReader()
  let told = ''
  while (!told.includes('message.deleted')) {
    const part = await reader?.read()
    if (!part || part.done) break
    told += new TextDecoder().decode(part.value)
  }
  await reader?.cancel()
  assert.ok(told.includes(`"n":${third.n},`))
  assert.not.ok(told.includes(`"n":${first.n},`))
})

test.run()
