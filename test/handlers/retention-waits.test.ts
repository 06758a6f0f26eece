/** Who waits in a room while what is too old goes, on the short way, where people are remembered. */
import * as assert from 'uvu/assert'
import { expireTalk } from '../../handlers/chat/retention.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import {
  ask,
  type ChangesJson,
  join,
  jsonOf,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { type Served, serveOn } from './wire.ts'

const test = suite('waits and retention')

let database: TestDatabase
let instance: Instance
let short: Served
let ann: Someone
let room: string
let epoch: string

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance({ ...database.env, POST_BURST: '1000' })
  short = await serveOn(instance, 'short')
  ann = await join(instance.app, 'ann')
  room = await roomOf(instance.app, ann, 'Old talk')
  for (let n = 1; n <= 5; n++) await say(instance.app, ann, room, `old ${n}`)
  const { live } = await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages`, { by: ann }))
  epoch = live.split('.')[0] ?? ''
})
test.after.each(async () => {
  await short.stop()
  await instance.stop()
  await database.drop()
})

const at = (path: string, accept: string) =>
  fetch(`http://127.0.0.1:${short.port}/r/${room}/messages?${path}`, {
    headers: { accept, cookie: ann.cookie },
    signal: AbortSignal.timeout(15_000),
  })

/** An event stream, and what it has told so far. */
function stream(from: string) {
  let told = ''
  const read = async () => {
    const answer = await at(`after=${from}`, 'text/event-stream')
    const decoder = new TextDecoder()
    for await (const part of answer.body ?? []) told += decoder.decode(part, { stream: true })
  }
  read().catch(() => {})
  return { told: () => told }
}

const poll = (after: string, wait = 0) =>
  jsonOf<ChangesJson & Partial<PageJson>>(at(`after=${after}&wait=${wait}`, 'application/json'))

/** All of the talk so far becomes too old, but so many of the newest, and goes. */
async function expire(kept = 0): Promise<void> {
  const { sql } = instance
  for (const [table, number] of [
    ['messages', 'n'],
    ['log', 'seq'],
  ]) {
    await sql.query(
      `update ${table} set at = now() - interval '31 days'
        where ${number} <= (select last_seq from rooms where slug = $1) - $2
          and room_id = (select id from rooms where slug = $1)`,
      [room, kept],
    )
  }
  await sql.query('update policy set retention_days = 30')
  while ((await expireTalk(sql)) > 0);
}

const remembered = async () => {
  const one = stream(`${epoch}.5`)
  await until(() => instance.hub.held === 1)
  return one
}

test('where all has gone a stream from the beginning goes on with what comes, and so does everybody', async () => {
  const one = await remembered()
  await expire()
  const two = stream('0')
  await until(() => instance.hub.held === 2)
  for (const text of ['new 1', 'new 2']) await say(instance.app, ann, room, text)
  await until(() => [one, two].every(({ told }) => /new 1.*new 2/s.test(told())))
  assert.not.match(two.told(), /old \d/)
})

test('who stood in what went is given a reset, by a stream and by a poll', async () => {
  await remembered()
  await expire(2)
  const behind = stream(`${epoch}.1`)
  await until(() => /event: reset.*old 5/s.test(behind.told()))
  assert.not.match(behind.told(), /old [123]"/)
  await until(async () => (await poll(`${epoch}.1`, 1)).reset)
})

test('what has gone is told to nobody out of memory', async () => {
  const one = await remembered()
  for (const n of [6, 7, 8]) await say(instance.app, ann, room, `old ${n}`)
  await until(() => /old 8/.test(one.told()))
  // It is known here, without the database.
  assert.is((await poll(`${epoch}.5`, 1)).events.length, 3)
  await expire(1)
  await until(async () => (await poll(`${epoch}.5`, 1)).reset)
  assert.equal(
    (await poll(`${epoch}.7`, 1)).events.map(({ seq }) => seq),
    [8],
  )
  const told = one.told().length
  await say(instance.app, ann, room, 'new')
  await until(() => /new/.test(one.told().slice(told)))
})

test.run()
