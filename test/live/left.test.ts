import * as assert from 'uvu/assert'
import type { Room } from '../../handlers/chat/rooms.ts'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import type { EventStream } from '../../handlers/live/stream.ts'
import { roomSource } from '../../handlers/routes/answers.ts'
import { runStream, type StreamAsk } from '../../handlers/routes/stream.ts'
import { guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { TestPipe } from './pipe.ts'
import { changes, upTo, waitIn } from './waits.ts'

const test = suite('what is left of those who went', 60)

let storage: Storage
let author: Awaited<ReturnType<typeof guest>>['person']
let room: Room
let hub: Hub

test.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
test.after(() => storage.close())
test.before.each(async () => {
  room = await newRoom(storage.sql, author)
  hub = new Hub(storage.sql, (error) => assert.unreachable(String(error)))
})
test.after.each(() => hub.stop())

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

test('is nothing, of ten thousand who waited', async () => {
  const before = timers()
  for (let portion = 0; portion < 5; portion++) {
    const gone = upTo(2_000).map(() => new AbortController())
    const waits = gone.map(({ signal }, i) =>
      changes(hub, waitIn(room, { signal, ...(i % 2 ? { key: `tab ${i}` } : {}) })),
    )
    await until(() => hub.held === 2_000)
    for (const one of gone) one.abort()
    await Promise.all(waits)
    assert.equal([hub.held, hub.traces], [0, 0])
  }
  assert.is(timers(), before)
})

test('is nothing, of those who were answered', async () => {
  let listeners = 0
  const { addEventListener, removeEventListener } = AbortSignal.prototype
  AbortSignal.prototype.addEventListener = function (...given: unknown[]) {
    listeners++
    return Reflect.apply(addEventListener, this, given)
  }
  AbortSignal.prototype.removeEventListener = function (...given: unknown[]) {
    listeners--
    return Reflect.apply(removeEventListener, this, given)
  }
  try {
    const waits = upTo(1_000).map(() => changes(hub, waitIn(room)))
    await until(() => hub.held === 1_000)
    assert.is(listeners, 1_000)
    hub.advance(room.id, (await say(storage, author, room, 'hello')).message.n)
    await Promise.all(waits)
    assert.equal([listeners, hub.held, hub.traces], [0, 0, 0])
  } finally {
    Object.assign(AbortSignal.prototype, { addEventListener, removeEventListener })
  }
})

/** A stream of all that was said in the room, of which one message is known. */
const fromTheBeginning = (who: StreamAsk['who']): StreamAsk => ({
  room,
  head: 1,
  floor: 0,
  epoch: '00000000',
  source: () => roomSource(room.slug, '00000000'),
  after: { epoch: null, seq: 0 },
  form: 'json',
  limit: limits.pageMessages,
  who,
})

test('ends what belongs to a stream whose reader went before it was held', async () => {
  await say(storage, author, room, 'hello')
  const begun: EventStream[] = []
  const ask = fromTheBeginning({ personId: null, seen: 0 })
  const parts = { sql: storage.sql, hub }
  const run = (isGone: () => boolean) =>
    runStream(parts, ask, new TestPipe(true), isGone, async (stream) => void begun.push(stream))
  assert.is(await run(() => true), null)
  assert.is(begun[0]?.done, true, 'who watches for it would watch for ever')
  assert.equal([hub.held, hub.traces], [0, 0])
})

test('a stream that still catches up tells nothing once a session of its reader has ended', async () => {
  await say(storage, author, room, 'hello')
  hub.endOf(7, 0)
  const pipe = new TestPipe(true)
  const ask = fromTheBeginning({ personId: 7, seen: 0 })
  assert.is(await runStream({ sql: storage.sql, hub }, ask, pipe, () => false), null)
  assert.equal([pipe.ended, pipe.text.includes('hello')], [true, false])
  assert.equal([hub.held, hub.traces], [0, 0])
  const later = { ...ask, who: { personId: 7, seen: 1 } }
  const held = await runStream({ sql: storage.sql, hub }, later, pipe, () => false)
  assert.ok(pipe.text.includes('hello'))
  assert.is(hub.held, 1)
  if (held) hub.leave(held)
})

test.run()
