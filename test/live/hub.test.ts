import * as assert from 'uvu/assert'
import type { Room } from '../../handlers/chat/rooms.ts'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { once } from '../../handlers/live/once.ts'
import { changesOf } from '../../handlers/live/patience.ts'
import { guest, newRoom, openStorage, refusedAs, type Storage, say } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { changes, follow, seqs, sweep, upTo, waitIn } from './waits.ts'
import { type Watched, watched } from './watched.ts'

const test = suite('the hub')

let storage: Storage
let author: Awaited<ReturnType<typeof guest>>['person']
let room: Room
let sql: Watched
let hub: Hub
let errors: unknown[]

test.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
test.after(() => storage.close())
test.before.each(async () => {
  room = await newRoom(storage.sql, author)
  sql = watched(storage.sql)
  errors = []
  hub = new Hub(sql, (error) => errors.push(error))
})
test.after.each(() => {
  hub.stop()
  assert.is(hub.held, 0)
  assert.equal(errors, [])
})

/** Stores a message without telling anybody. */
const commit = async (body = 'hello') => (await say(storage, author, room, body)).message.n

/** Stores a message and tells the hub. */
const tell = async () => hub.advance(room.id, await commit())

test('what is there already is answered at once', async () => {
  for (let turn = 0; turn < 3; turn++) await commit()
  const batch = await changes(hub, waitIn(room, { head: 3, after: 1 }))
  assert.equal(seqs(batch), [2, 3])
  assert.equal([batch.next, batch.more], [3, false])
})

test('who asks without waiting gets nothing at once, with their own cursor', async () => {
  const batch = await changes(hub, waitIn(room, { after: 0, ms: 0 }))
  assert.equal(batch, { events: [], next: 0, more: false })
  assert.is(sql.count, 0, 'nothing to read, nothing asked')
})

test('who waits is answered when something is said', async () => {
  const waiting = changes(hub, waitIn(room))
  await until(() => hub.held === 1)
  await tell()
  assert.equal(seqs(await waiting), [1])
})

test('a wait that ends with nothing has its own cursor', async () => {
  await commit()
  const batch = await changes(hub, waitIn(room, { head: 1, after: 1, ms: 10 }))
  assert.equal(batch, { events: [], next: 1, more: false })
  assert.is(hub.held, 0)
})

test('each of many readers is told every event, in order and once', async () => {
  const other = new Hub(storage.sql, (error) => errors.push(error))
  const readers = upTo(10).map((turn) => follow(turn % 2 === 0 ? hub : other, room))
  await Promise.all(
    upTo(60).map(async () => {
      const seq = await commit()
      for (const one of [hub, other]) one.advance(room.id, seq)
    }),
  )
  await until(() => readers.every(({ told }) => told.length >= 60))
  await Promise.all(readers.map((reader) => reader.stop()))
  for (const { told } of readers) assert.equal(told, upTo(60))
})

test('500 who wait for the same cost one query, and are given the same to render once', async () => {
  const waiting = upTo(500).map(() => changes(hub, waitIn(room)))
  await until(() => hub.held === 500)
  await tell()
  const batches = await Promise.all(waiting)
  assert.is(sql.count, 1)
  assert.is(new Set(batches).size, 1)
  let renders = 0
  for (const batch of batches) once(batch, 'fragment', () => `${++renders}`)
  assert.is(renders, 1)
})

test('who asks for the same is given the same, of a few places of each room', async () => {
  const reader = follow(hub, room)
  await until(() => hub.held === 1)
  for (let said = 1; said <= 3; said++) {
    await tell()
    await until(() => reader.told.length === said && hub.held === 1)
  }
  const known = (limit: number) =>
    hub.known({ roomId: room.id, head: 3, after: 0, limit, floor: 0 })
  const one = known(1)
  assert.ok(one)
  assert.is(known(1), one)
  for (let limit = 2; limit <= limits.keptBatches + 2; limit++) assert.ok(known(limit))
  assert.is.not(known(1), one)
  assert.equal(known(1), one)
  await reader.stop()
})

test('those who wait from different numbers on are served by one query', async () => {
  for (let turn = 0; turn < 4; turn++) await commit()
  const waiting = upTo(4).map((after) => changes(hub, waitIn(room, { after })))
  await until(() => hub.held === 4)
  const seq = await commit()
  hub.advance(room.id, seq)
  const told = (await Promise.all(waiting)).map(seqs)
  assert.equal(told, [[2, 3, 4, 5], [3, 4, 5], [4, 5], [5]])
  assert.is(sql.count, 1)
})

test('requests for the same read share it', async () => {
  for (let turn = 0; turn < 3; turn++) await commit()
  const batches = await Promise.all(
    upTo(50).map(() => changes(hub, waitIn(room, { head: 3, after: 1 }))),
  )
  assert.is(sql.count, 1)
  assert.is(new Set(batches).size, 1)
})

test('a wait takes as many events as it asked for, and is told that there are more', async () => {
  const waiting = changes(hub, waitIn(room, { limit: 2 }))
  await until(() => hub.held === 1)
  for (let turn = 0; turn < 5; turn++) await commit()
  hub.advance(room.id, 5)
  const batch = await waiting
  assert.equal([seqs(batch), batch.next, batch.more], [[1, 2], 2, true])
})

test('a burst that is longer than a page is told as such', async () => {
  const waiting = changes(hub, waitIn(room, { limit: limits.pageMessages }))
  await until(() => hub.held === 1)
  await Promise.all(upTo(limits.pageMessages + 1).map(() => commit()))
  hub.advance(room.id, limits.pageMessages + 1)
  const batch = await waiting
  assert.is(batch.events.length, limits.pageMessages)
  assert.is(batch.more, true)
})

test('rooms do not wake each other', async () => {
  const other = await newRoom(storage.sql, author)
  const waiting = changes(hub, waitIn(other, { ms: 50 }))
  await until(() => hub.held === 1)
  await tell()
  assert.equal(seqs(await waiting), [])
  assert.is(sql.count, 0)
})

test('a wait whose client is gone ends, and leaves nothing', async () => {
  const client = new AbortController()
  const waiting = upTo(5).map(() => changes(hub, waitIn(room, { signal: client.signal })))
  await until(() => hub.held === 5)
  client.abort()
  for (const batch of await Promise.all(waiting)) assert.is(batch.next, 0)
  assert.is(hub.held, 0)
  await sweep(sql, hub)
  await tell()
  assert.is(sql.count, 0, 'nobody waits, so nobody asks')
})

test('a client that was gone before the wait begins is not waited for', async () => {
  assert.equal(seqs(await changes(hub, waitIn(room, { signal: AbortSignal.abort() }))), [])
})

test('stopping answers all, each with their own cursor, and holds nobody any more', async () => {
  for (let turn = 0; turn < 3; turn++) await commit()
  const waiting = upTo(3).map((after) => changes(hub, waitIn(room, { after })))
  await until(() => hub.held === 3)
  hub.stop()
  assert.equal(
    (await Promise.all(waiting)).map((batch) => [seqs(batch), batch.next]),
    [
      [[], 1],
      [[], 2],
      [[], 3],
    ],
  )
  const late = await changes(hub, waitIn(room, { head: 3, after: 3 }))
  assert.equal([seqs(late), late.next], [[], 3])
})

test('an instance holds so many waits and no more', async () => {
  const waiting = upTo(limits.waitsPerInstance).map(() => changes(hub, waitIn(room)))
  await until(() => hub.held === limits.waitsPerInstance)
  const refusal = await changesOf(hub, waitIn(room))
  assert.is(refusedAs(refusal), 'unavailable')
  assert.ok('retryAfterSeconds' in refusal && refusal.retryAfterSeconds)
  hub.stop()
  await Promise.all(waiting)
})

/** Somebody in particular, as they were looked up when the log had been followed so far. */
const somebody = (personId: number, seen = 0) => ({ personId, seen })

test('when a session of somebody ends their waits end, wherever they wait, and no others', async () => {
  const elsewhere = await newRoom(storage.sql, author)
  const ended = [room, elsewhere].map((one) => changes(hub, waitIn(one, { who: somebody(7) })))
  const visitor = { personId: null, seen: 0 }
  const others = [somebody(8), visitor].map((who) => changes(hub, waitIn(room, { who })))
  await until(() => hub.held === 4)
  hub.endOf(7, 0)
  for (const batch of await Promise.all(ended)) assert.equal(batch.events, [])
  assert.is(hub.held, 2)
  await tell()
  for (const batch of await Promise.all(others)) assert.equal(seqs(batch), [1])
})

test('who was let in before a session of theirs ended waits no more after it', async () => {
  hub.endOf(7, 3)
  const late = await changes(hub, waitIn(room, { who: somebody(7, 3) }))
  assert.equal([late.events, hub.held], [[], 0])
  const again = changes(hub, waitIn(room, { who: somebody(7, 4) }))
  const other = changes(hub, waitIn(room, { who: somebody(8, 3) }))
  await until(() => hub.held === 2)
  await tell()
  for (const batch of await Promise.all([again, other])) assert.equal(seqs(batch), [1])
})

test.run()
