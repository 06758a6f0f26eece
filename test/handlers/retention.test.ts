/** What is too old goes for good, and readers who stood in it are told. */
import * as assert from 'uvu/assert'
import { expireTalk } from '../../handlers/chat/retention.ts'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import {
  ask,
  type ChangesJson,
  type Form,
  join,
  jsonOf,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'

const test = suite('retention')

let database: TestDatabase
let instance: Instance
let ann: Someone

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  ann = await join(instance.app, 'ann')
})
test.after.each(async () => {
  await instance.stop()
  await database.drop()
})

let made = 0

/** A room in which `count` messages were said, the first `old` of them so many days ago. */
async function roomWith(count: number, old: number, days: number): Promise<string> {
  const room = await roomOf(instance.app, ann, `Room ${++made}`)
  for (let n = 1; n <= count; n++) await say(instance.app, ann, room, `message ${n}`)
  for (const table of ['messages', 'log']) {
    const number = table === 'log' ? 'seq' : 'n'
    await instance.sql.query(
      `update ${table} set at = now() - $3 * interval '1 day'
        where room_id = (select id from rooms where slug = $1) and ${number} <= $2`,
      [room, old, days],
    )
  }
  return room
}

const keep = (days: number | null, room?: string) =>
  room === undefined
    ? instance.sql.query('update policy set retention_days = $1', [days])
    : instance.sql.query('update rooms set retention_days = $1 where slug = $2', [days, room])

async function expireAll(): Promise<number> {
  let gone = 0
  for (let step = await expireTalk(instance.sql); step > 0; step = await expireTalk(instance.sql)) {
    gone += step
  }
  return gone
}

const page = (room: string, query = '') =>
  jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages${query}`, { by: ann }))

const numbers = ({ messages }: PageJson) => messages.map(({ n }) => n)

test('nothing goes where everything is kept for ever', async () => {
  const room = await roomWith(3, 3, 10_000)
  assert.is(await expireAll(), 0)
  assert.equal(numbers(await page(room)), [1, 2, 3])
})

test('what is older than the server keeps is gone, and what is younger stays', async () => {
  const room = await roomWith(5, 3, 31)
  await keep(30)
  assert.is(await expireAll(), 3)
  const newest = await page(room)
  assert.equal(numbers(newest), [4, 5])
  assert.is(newest.prev, null)
  assert.equal(numbers(await page(room, '?before=4')), [])
  assert.is((await ask(instance.app, `/r/${room}/messages/2`, { by: ann })).status, 404)
  const { rows } = await instance.sql.query('select from messages where body like $1', [
    'message _',
  ])
  assert.is(rows.length, 2, 'it is nowhere any more')
  assert.is((await say(instance.app, ann, room, 'message 6')).n, 6)
})

test('a room keeps less than the server where it says so, and never more', async () => {
  const [strict, lax] = [await roomWith(2, 1, 8), await roomWith(2, 1, 31)]
  await keep(30)
  await keep(7, strict)
  await keep(365, lax)
  assert.is(await expireAll(), 2)
  assert.equal(numbers(await page(strict)), [2])
  assert.equal(numbers(await page(lax)), [2])
})

test('the beginning is that of what is kept', async () => {
  const room = await roomWith(4, 2, 31)
  await keep(30)
  await expireAll()
  const all = await jsonOf<ChangesJson>(
    ask(instance.app, `/r/${room}/messages?after=0`, { by: ann }),
  )
  assert.equal(
    all.events.map(({ seq }) => seq),
    [3, 4],
  )
  assert.is(all.reset, false)
})

test('a reader who stood in what went is given the newest page, in every form', async () => {
  const room = await roomWith(4, 2, 31)
  const { live } = await page(room)
  const [epoch] = live.split('.')
  await keep(30)
  await expireAll()
  const asked = `/r/${room}/messages?after=${epoch}.1`
  const json = await jsonOf<ChangesJson & PageJson>(ask(instance.app, asked, { by: ann }))
  assert.is(json.reset, true)
  assert.equal(numbers(json), [3, 4])
  assert.is(json.next, live)
  const fragment = await ask(instance.app, asked, { by: ann, form: 'fragment' })
  assert.is(fragment.headers.get('hx-retarget'), '#talk')
  const text = await (await ask(instance.app, asked, { by: ann, form: 'text' })).text()
  assert.match(text, /message 3\n.*message 4\n/)
  const stream = await ask(instance.app, asked, {
    by: ann,
    headers: { accept: 'text/event-stream' },
  })
  const reader = stream.body?.getReader()
  let told = ''
  while (!/event: reset/.test(told)) {
    const { value, done } = (await reader?.read()) ?? { done: true }
    if (done) break
    told += new TextDecoder().decode(value)
  }
  await reader?.cancel()
  assert.match(told, /event: reset/)
  // Where the reader stood just before what is kept, nothing is missing.
  const next = await jsonOf<ChangesJson>(
    ask(instance.app, `/r/${room}/messages?after=${epoch}.2`, { by: ann }),
  )
  assert.equal([next.reset, next.events.map(({ seq }) => seq)], [false, [3, 4]])
})

test('above the oldest message it is said that older ones are not kept, where any went', async () => {
  const html = async (path: string, form: Form) =>
    (await ask(instance.app, path, { by: ann, form })).text()
  const room = await roomWith(4, 2, 31)
  const pages: [path: string, form: Form][] = [
    [`/r/${room}`, 'page'],
    [`/r/${room}/frame`, 'page'],
    [`/r/${room}/messages`, 'fragment'],
  ]
  for (const [path, form] of pages) assert.not.match(await html(path, form), /not kept/)
  await keep(30)
  await expireAll()
  for (const [path, form] of pages)
    assert.match(await html(path, form), /Older messages are not kept/)
  // On a page that has older ones above it, and in a thread, nothing is at its end.
  assert.not.match(await html(`/r/${room}?from=4`, 'page'), /not kept/)
  assert.not.match(await html(`/r/${room}/messages/3/thread`, 'page'), /not kept/)
  const bare = await roomWith(2, 2, 31)
  await expireAll()
  assert.match(await html(`/r/${bare}`, 'page'), /not kept.*Nothing has been said here lately/s)
})

test('all of a room may go, and it goes on with the next number', async () => {
  const room = await roomWith(3, 3, 31)
  const { live } = await page(room)
  await keep(30)
  await expireAll()
  assert.equal(numbers(await page(room)), [])
  const changes = ask(instance.app, `/r/${room}/messages?after=${live}&wait=10`, { by: ann })
  await say(instance.app, ann, room, 'anew')
  const { events, reset } = await jsonOf<ChangesJson>(changes)
  assert.equal([reset, events.map(({ seq }) => seq)], [false, [4]])
})

test('many at once delete each message once, and long talk goes in steps', async () => {
  const room = await roomWith(1, 1, 31)
  await instance.sql.query(
    `with r as (select id from rooms where slug = $1), n as (select generate_series(2, $2::int) as n),
     talk as (insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body, at)
       select r.id, n, $3, 'ann', '#336699', 'guest', 'old', now() - interval '31 days' from r, n),
     events as (insert into log (room_id, seq, type, by_id, n, at)
       select r.id, n, 'message.posted', $3, n, now() - interval '31 days' from r, n)
     update rooms set last_seq = $2, messages = $2 from r where rooms.id = r.id`,
    [room, limits.expiringEvents + 500, Number(ann.id)],
  )
  await keep(30)
  const gone = await Promise.all([expireAll(), expireAll(), expireAll()])
  assert.is(gone.reduce((sum, n) => sum + n, 0) + (await expireAll()), limits.expiringEvents + 500)
  assert.equal(numbers(await page(room)), [])
})

test.run()
