import * as assert from 'uvu/assert'
import type { Room } from '../../handlers/chat/rooms.ts'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import type { Batch } from '../../handlers/live/log.ts'
import { Stream } from '../../handlers/live/wait.ts'
import { guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { type Chance, chance, times } from '../random.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { changes, seqs, sweep, upTo, waitIn } from './waits.ts'
import { watched } from './watched.ts'

const test = suite('any number of readers of a hub', 60)

let storage: Storage
let author: Awaited<ReturnType<typeof guest>>['person']

test.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
test.after(() => storage.close())

type Reader = { told: number[]; after: number; done: Promise<void> }

type Scene = {
  hub: Hub
  room: Room
  chances: Chance
  /** The room's newest number in the database, and whether no more will come. */
  head: () => number
  isOver: () => boolean
}

/** Somebody who asks again and again, now and then hangs up, and goes on from where they were. */
function poller({ hub, room, chances, head, isOver }: Scene): Reader {
  const reader: Reader = { told: [], after: 0, done: Promise.resolve() }
  const isDone = () => isOver() && reader.after === head()
  const read = async () => {
    while (!isDone()) {
      const gone = new AbortController()
      if (chances.oneIn(4)) setTimeout(() => gone.abort(), chances.int(0, 20))
      const waiting = waitIn(room, {
        after: reader.after,
        head: chances.oneIn(2) ? head() : 0,
        limit: chances.int(1, 30),
        ms: chances.int(1, 3) * 50,
        signal: gone.signal,
      })
      const batch = await changes(hub, waiting)
      assert.equal(
        seqs(batch),
        upTo(batch.events.length).map((by) => reader.after + by),
      )
      assert.is(batch.next, reader.after + batch.events.length)
      reader.told.push(...seqs(batch))
      reader.after = batch.next
    }
  }
  reader.done = read()
  return reader
}

class Recorded extends Stream {
  hint(): void {}
  readonly #onTell: (batch: Batch) => void
  readonly #onEnd: () => void

  constructor(onTell: (batch: Batch) => void, onEnd: () => void) {
    super(50)
    this.#onTell = onTell
    this.#onEnd = onEnd
  }

  tell(batch: Batch): void {
    this.#onTell(batch)
  }

  beat(): boolean {
    return true
  }

  end(): void {
    this.#onEnd()
  }
}

/** Somebody with a stream, which is opened anew from where it was when it ends. */
function streamer({ hub, room, chances, head, isOver }: Scene): Reader {
  const reader: Reader = { told: [], after: 0, done: Promise.resolve() }
  const isDone = () => isOver() && reader.after === head()
  const take = (batch: Batch) => {
    reader.told.push(...seqs(batch))
    reader.after = batch.next
  }
  const read = async () => {
    while (!isDone()) {
      const place = {
        roomId: room.id,
        head: 0,
        after: reader.after,
        limit: limits.pageMessages,
        floor: 0,
      }
      const batch = hub.known(place) ?? (await hub.changes(place))
      take(batch)
      if (batch.events.length > 0) continue
      let hasEnded = false
      const stream = new Recorded(take, () => {
        hasEnded = true
      })
      hub.hold({ ...place, after: reader.after }, stream)
      const leavesAt = chances.oneIn(2) ? performance.now() + chances.int(0, 100) : Infinity
      await until(() => hasEnded || isDone() || performance.now() > leavesAt)
      hub.leave(stream)
    }
  }
  reader.done = read()
  return reader
}

for (const round of upTo(times(1, 10))) {
  test(`are told everything once and in order, whatever happens (${round})`, async () => {
    const chances = chance(`the hub ${round}`)
    const room = await newRoom(storage.sql, author)
    const sql = watched(storage.sql)
    sql.after = async () => {
      if (chances.oneIn(3)) await new Promise((resolve) => setTimeout(resolve, chances.int(0, 10)))
    }
    const hub = new Hub(sql, (error) => assert.unreachable(String(error)))
    let [head, isOver] = [0, false]
    const scene: Scene = { hub, room, chances, head: () => head, isOver: () => isOver }
    const readers = upTo(40).map((i) => (i % 2 ? poller(scene) : streamer(scene)))
    for (const _ of upTo(150)) {
      const many = chances.oneIn(10) ? 40 : 1
      const said = await Promise.all(upTo(many).map(() => say(storage, author, room, 'hello')))
      head = Math.max(...said.map(({ message }) => message.n))
      if (chances.oneIn(2)) hub.advance(room.id, chances.oneIn(5) ? head - 1 : head)
      if (chances.oneIn(15)) hub.forget(room.id)
      if (chances.oneIn(5)) await sweep(storage.sql, hub)
    }
    isOver = true
    const sweeping = setInterval(() => void sweep(storage.sql, hub), 20)
    await Promise.all(readers.map(({ done }) => done)).finally(() => clearInterval(sweeping))
    for (const { told } of readers) assert.equal(told, upTo(head))
    assert.equal([hub.held, hub.traces], [0, 0])
    await hub.stop()
  })
}

test('are told in order where the log moves on while thousands are being told', async () => {
  const room = await newRoom(storage.sql, author)
  const hub = new Hub(storage.sql, (error) => assert.unreachable(String(error)))
  const told = upTo(3_000).map(() => [] as number[])
  const streams = told.map(
    (list) =>
      new Recorded(
        (batch) => list.push(...spent(batch)),
        () => {},
      ),
  )
  for (const stream of streams)
    hub.hold({ roomId: room.id, head: 0, after: 0, limit: 200, floor: 0 }, stream)
  let [turns, isOver] = [0, false]
  const other = () => {
    turns++
    if (!isOver) setImmediate(other)
  }
  other()
  for (const n of upTo(3)) {
    await say(storage, author, room, 'hello')
    hub.advance(room.id, n)
    await until(() => told[0]?.length === n)
    assert.ok(told.at(-1)?.length !== n || n === 3, 'the next comes while this one is being told')
  }
  await until(() => told.every(({ length }) => length === 3))
  isOver = true
  for (const list of told) assert.equal(list, [1, 2, 3])
  assert.ok(turns > 10, `${turns} turns of others`)
  await hub.stop()
})

/** What telling one reader takes. */
function spent(batch: Batch): number[] {
  const end = performance.now() + 0.02
  while (performance.now() < end);
  return seqs(batch)
}

test('are answered by and by when the instance stops, each with their own cursor', async () => {
  const room = await newRoom(storage.sql, author)
  for (const _ of upTo(3)) await say(storage, author, room, 'hello')
  const hub = new Hub(storage.sql, (error) => assert.unreachable(String(error)))
  const waits = upTo(300).map((i) =>
    changes(hub, waitIn(room, { head: 3, after: 3, ms: 60_000 - i })),
  )
  await until(() => hub.held === 300)
  const stopping = hub.stop(limits.stopTurnMs * 3)
  assert.ok(hub.held > 0 && hub.held < 300, `${hub.held} are held on`)
  const late = await changes(hub, waitIn(room, { head: 3, after: 3 }))
  assert.equal([seqs(late), late.next], [[], 3])
  await stopping
  for (const batch of await Promise.all(waits)) assert.equal([seqs(batch), batch.next], [[], 3])
  assert.equal([hub.held, hub.traces], [0, 0])
})

test.run()
