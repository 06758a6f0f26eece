/** Who types and who is here: told, and to whom. */
import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, roomOf, type Someone, say } from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, member } from './scene.ts'

const test = suite('hints of who types and who is here', 30)

let database: TestDatabase
let here: Instance
let there: Instance
let ann: Someone
let bob: Someone
let room: string
/** Statements of the first instance that ask who types. */
let asked = 0

test.before(async () => {
  database = await migratedDatabase()
  here = await startInstance(database.env, (sql) => ({
    query(text, values) {
      if (text.includes('as may')) asked++
      return sql.query(text, values)
    },
  }))
  there = await startInstance(database.env)
  ann = await member(here.app, 'ann')
  bob = await join(here.app, 'bob')
})
test.after(async () => {
  await Promise.all([here.stop(), there.stop()])
  await database.drop()
})
test.before.each(async () => {
  room = await roomOf(here.app, ann, `Hints ${Math.random()}`)
})

type Hint = { type: string; person?: { id: string; name: string }; people?: string[] }

/** Somebody who has a room open, and the hints that they are told. */
async function opens(at: Instance, by: Someone, slug = room) {
  const gone = new AbortController()
  const headers = { accept: 'text/event-stream' }
  const held = at.hub.held
  const response = await ask(at.app, `/me/events?open=${slug}`, {
    by,
    headers,
    signal: gone.signal,
  })
  const hints: Hint[] = []
  const told: string[] = []
  let isOver = false
  const reading = (async () => {
    let text = ''
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(bytes).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, data] = /^data: (.*)$/m.exec(block) ?? []
        if (data && block.includes('event: hint')) hints.push(JSON.parse(data))
        else if (data) told.push(data)
      }
    }
  })()
    .catch(() => {})
    .finally(() => {
      isOver = true
    })
  await until(() => at.hub.held > held || isOver)
  return {
    hints,
    told,
    get isOver() {
      return isOver
    },
    typing: () =>
      hints.flatMap(({ type, person }) => (type === 'typing' ? (person?.name ?? '') : [])),
    people: () => new Set(hints.flatMap(({ people = [] }) => people)),
    async close() {
      gone.abort()
      await reading
      await until(() => at.hub.held <= held)
    },
  }
}

const types = (by: Someone, at = here, slug = room) =>
  ask(at.app, `/r/${slug}/typing`, { by, method: 'PUT' })

test('that somebody types is told at all instances, once in a while, and asked of the database as seldom', async () => {
  const [near, far] = [await opens(here, ann), await opens(there, ann)]
  asked = 0
  for (let key = 0; key < 30; key++) assert.is((await types(bob)).status, 200)
  await until(() => near.typing().length > 0 && far.typing().length > 0)
  assert.equal([near.typing(), far.typing()], [['bob'], ['bob']])
  assert.is(asked, 1)
  // A message after it comes after it, so nothing more was told in between.
  await say(here.app, bob, room, 'done')
  await until(() => near.told.length > 0 && far.told.length > 0)
  assert.equal([near.typing(), far.typing()], [['bob'], ['bob']])
  await Promise.all([near.close(), far.close()])
})

test('who has a room open is told there, and shown among its people at any instance', async () => {
  await say(here.app, bob, room, 'I am in')
  const [near, far] = [await opens(here, ann), await opens(there, bob)]
  await until(() => near.people().has(bob.id) && far.people().has(ann.id))
  type Listed = { members: { person: { id: string }; here?: boolean }[] }
  for (const { app } of [here, there]) {
    const { members } = await jsonOf<Listed>(ask(app, `/r/${room}/members`, { by: ann }))
    assert.equal(
      members.map((one) => [one.person.id, one.here]),
      [
        [ann.id, true],
        [bob.id, true],
      ],
    )
    const html = await (await ask(app, `/r/${room}/members`, { by: ann, form: 'fragment' })).text()
    assert.is(html.match(/, is here/g)?.length, 2)
  }
  await Promise.all([near.close(), far.close()])
})

test('of whoever wants nobody to know nothing is told, from then on', async () => {
  const cleo = await join(here.app, 'cleo')
  const watching = await opens(there, ann)
  const open = await opens(here, cleo)
  await until(() => watching.people().has(cleo.id))
  const change = (json: object) => ask(here.app, '/me', { by: cleo, method: 'PATCH', json })
  assert.is((await change({ hints: false })).status, 200)
  assert.is((await jsonOf<{ hints: boolean }>(ask(there.app, '/me', { by: cleo }))).hints, false)
  // Their waits end, and begin anew as they want it.
  await until(() => open.isOver)
  const before = watching.hints.length
  const again = await opens(here, cleo)
  assert.is((await types(cleo)).status, 200)
  await here.engine.hinting?.announce()
  await types(bob)
  await until(() => watching.typing().includes('bob'))
  const since = watching.hints.slice(before)
  assert.not(JSON.stringify(since).includes(`"${cleo.id}"`))
  assert.not(here.engine.hinting?.presence.hereIn(1).has(Number(cleo.id)))
  await isRefused('json', await change({ hints: 'perhaps' }), 422, 'invalid')
  await Promise.all([watching.close(), again.close()])
})

test('who is muted, only reads or is not in the room does not type there', async () => {
  const closed = await roomOf(here.app, ann, `Closed ${Math.random()}`, 'closed')
  await isRefused('json', await types(bob, here, closed), 404, 'not_found')
  await isRefused(
    'json',
    await ask(here.app, `/r/${room}/typing`, { method: 'PUT' }),
    401,
    'sign_in',
  )
  await come(here.app, bob, await linkTo(here.app, ann, closed))
  const watching = await opens(here, ann, closed)
  const put = (json: object) =>
    ask(here.app, `/r/${closed}/members/${bob.id}`, { by: ann, method: 'PUT', json })
  await put({ muted_for: 60 })
  await isRefused('json', await types(bob, here, closed), 403, 'not_allowed')
  await put({ muted_for: 0, role: 'reader' })
  await isRefused('json', await types(bob, here, closed), 403, 'not_allowed')
  await put({ role: 'member' })
  assert.is((await types(bob, here, closed)).status, 200)
  await until(() => watching.typing().length > 0)
  assert.equal(watching.typing(), ['bob'])
  await watching.close()
})

test('who wants nobody to know, or may not, costs no more than who posts', async () => {
  const few = await startInstance({ ...database.env, POST_BURST: '2', POST_RATE: '1' })
  try {
    const [quiet, muted] = [await join(few.app, 'quiet'), await join(few.app, 'muted')]
    await ask(few.app, '/me', { by: quiet, method: 'PATCH', json: { hints: 'false' } })
    for (let i = 0; i < 5; i++) assert.is((await types(quiet, few)).status, 200)
    await say(few.app, muted, room, 'I am in the room')
    const mute = { by: ann, method: 'PUT', json: { muted_for: 60 } }
    await ask(few.app, `/r/${room}/members/${muted.id}`, mute)
    await isRefused('json', await types(muted, few), 403, 'not_allowed')
    await isRefused('json', await types(muted, few), 429, 'slow_down')
  } finally {
    await few.stop()
  }
})

test('whoever was removed is told nothing that is said after, at an instance that was not told by a bell', async () => {
  const silent = await startInstance(database.env, undefined, { isSilent: true })
  const closed = await roomOf(here.app, ann, `Closed ${Math.random()}`, 'closed')
  for (const by of [bob]) await come(here.app, by, await linkTo(here.app, ann, closed))
  const theirs = await opens(here, bob, closed)
  const mine = await opens(here, ann, closed)
  // The one that removes rings nobody: the other instance finds out when it must.
  await ask(silent.app, `/r/${closed}/members/${bob.id}`, { by: ann, method: 'DELETE' })
  const before = theirs.hints.length
  await types(ann, silent, closed)
  await until(() => mine.typing().includes('ann'))
  await until(() => theirs.isOver)
  assert.equal(
    theirs.hints.slice(before).filter(({ type }) => type === 'typing'),
    [],
  )
  await mine.close()
  await silent.stop()
})

test.run()
