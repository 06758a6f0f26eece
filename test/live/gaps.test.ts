import * as assert from 'uvu/assert'
import type { Person } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import type { Database } from '../../handlers/drivers/database.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { enterOne, guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { latch, until } from '../until.ts'
import { type BellKind, listening, openInstance } from './instances.ts'
import { changes, follow, seqs, sweep, upTo, waitIn } from './waits.ts'
import { type Watched, watched } from './watched.ts'

const test = suite('nothing is lost', 30)

let storage: Storage
let author: Person
const errors: unknown[] = []

test.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
test.after(() => storage.close())
test.after.each(() => assert.equal(errors.splice(0), []))

const commit = async (room: Room) => (await say(storage, author, room, 'hello')).message.n

/** Between which two steps of reading and waiting a message is committed. */
type Gap = { statement: number; when: 'before' | 'after' }

/** A hub, and how it hears of what another instance has committed. */
type Scene = { hub: Hub; announce(roomId: number, seq: number): void; stop(): Promise<void> }

/** Each way alone: a bell that takes no time, a sweep that never ends, and the bells themselves. */
const wakings = {
  'a bell at once': async (sql) => {
    const hub = new Hub(sql, (error) => errors.push(error))
    return { hub, announce: (roomId, seq) => hub.advance(roomId, seq), stop: () => hub.stop() }
  },
  'the sweep': async (sql) => {
    const hub = new Hub(sql, (error) => errors.push(error))
    const sweeping = setInterval(() => void sweep(sql, hub), 5)
    const stop = async () => {
      clearInterval(sweeping)
      await hub.stop()
    }
    return { hub, announce: () => {}, stop }
  },
  'the bell that listens': (sql) => betweenInstances('listen', sql),
  'the bell that looks': (sql) => betweenInstances('poll', sql),
} satisfies Record<string, (sql: Watched) => Promise<Scene>>

async function betweenInstances(kind: BellKind, sql: Watched): Promise<Scene> {
  const [here, there] = [
    openInstance(kind, storage.database),
    openInstance(kind, storage.database, sql),
  ]
  await Promise.all([listening(here), listening(there)])
  const stop = async () => {
    await Promise.all([here.stop(), there.stop()])
    errors.push(...here.errors, ...there.errors)
  }
  return { hub: there.hub, announce: here.announce, stop }
}

/**
 * A reader follows a room where one message stands. A second one is committed in the gap, and
 * another when the reader has nothing to do but wait.
 * @returns what the reader was told, how many there were to tell, and whether the gap was reached
 */
async function play(gap: Gap, waking: (sql: Watched) => Promise<Scene>) {
  const room = await newRoom(storage.sql, author)
  await commit(room)
  const sql = watched(storage.sql)
  const { hub, announce, stop } = await waking(sql)
  let total = 1
  const say = async () => {
    total++
    announce(room.id, await commit(room))
  }
  let hit = false
  sql[gap.when] = async (statement) => {
    if (statement !== gap.statement) return
    hit = true
    await say()
  }
  const reader = follow(hub, room, async () => (await enterOne(sql, null, room.slug)).room?.lastSeq)
  const isQuiet = () => hub.held === 1 && reader.told.length === total
  await until(isQuiet)
  await say()
  await until(isQuiet)
  await reader.stop()
  await stop()
  return { told: reader.told, total, hit }
}

for (const [name, waking] of Object.entries(wakings)) {
  for (const when of ['before', 'after'] as const) {
    test(`with ${name} alone, of what is committed just ${when} any statement`, async () => {
      const played = upTo(8).map((statement) => play({ statement, when }, waking))
      const gaps = await Promise.all(played)
      gaps.forEach(({ told, total }, i) => {
        assert.equal(told, upTo(total), `${when} statement ${i + 1}`)
      })
      const reached = gaps.filter(({ hit }) => hit).length
      assert.ok(reached >= 4, `${reached} gaps were reached`)
    })
  }
}

test('of what is committed and belled just before or after any step of a bell that connects', async () => {
  const here = openInstance('listen', storage.database)
  await listening(here)
  // It connects, and listens on two channels.
  for (const when of ['before', 'after'] as const) {
    for (const step of upTo(3)) {
      const room = await newRoom(storage.sql, author)
      const { database, line } = withWatchedLine(storage.database)
      line[when] = async (statement) => {
        if (statement !== step) return
        here.announce(room.id, await commit(room))
      }
      const there = openInstance('listen', database)
      const reader = follow(there.hub, room)
      await until(() => reader.told.length === 1)
      await reader.stop()
      await there.stop()
      errors.push(...there.errors)
    }
  }
  await here.stop()
})

/** A database whose bell's connection is watched: connecting is its first statement. */
function withWatchedLine(database: Database) {
  const line = watched(storage.sql)
  const client = () => {
    const one = database.client()
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      const statement = ++line.count
      await line.before(statement)
      const result = await work()
      await line.after(statement)
      return result
    }
    const [connect, query] = [one.connect.bind(one), one.query.bind(one)]
    return Object.assign(one, {
      connect: () => step(() => connect()),
      query: (text: string, values?: unknown[]) => step(() => query(text, values)),
    })
  }
  return { database: { ...database, client }, line }
}

test('of what is committed and belled between entering a room and waiting in it', async () => {
  const room = await newRoom(storage.sql, author)
  const hub = new Hub(storage.sql, (error) => errors.push(error))
  hub.advance(room.id, await commit(room))
  assert.equal(seqs(await changes(hub, waitIn(room, { head: 0 }))), [1])
  hub.stop()
})

test('of what is belled at any moment after the wait was asked for', async () => {
  for (const turns of [0, 1, 2, 3]) {
    const room = await newRoom(storage.sql, author)
    const hub = new Hub(storage.sql, (error) => errors.push(error))
    const seq = await commit(room)
    const waiting = changes(hub, waitIn(room, { head: 0 }))
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate)
    hub.advance(room.id, seq)
    assert.equal(seqs(await waiting), [1], `${turns} turns later`)
    hub.stop()
  }
})

test('of what is committed between entering a room and waiting in it, with no bell', async () => {
  const room = await newRoom(storage.sql, author)
  const hub = new Hub(storage.sql, (error) => errors.push(error))
  await commit(room)
  const waiting = changes(hub, waitIn(room, { head: 0 }))
  await until(() => hub.held === 1)
  await sweep(storage.sql, hub)
  assert.equal(seqs(await waiting), [1])
  hub.stop()
})

test('by those who come to wait while others are being answered', async () => {
  const room = await newRoom(storage.sql, author)
  const sql = watched(storage.sql)
  const hub = new Hub(sql, (error) => errors.push(error))
  const [reading, goOn] = [latch(), latch()]
  const first = changes(hub, waitIn(room))
  await until(() => hub.held === 1)
  sql.after = async (statement) => {
    if (statement !== 1) return
    reading.open()
    await goOn.opened
  }
  hub.advance(room.id, await commit(room))
  await reading.opened
  const ahead = changes(hub, waitIn(room, { after: 1 }))
  const behind = changes(hub, waitIn(room, { after: 0 }))
  hub.advance(room.id, await commit(room))
  goOn.open()
  assert.equal(seqs(await first), [1])
  assert.equal(seqs(await ahead), [2])
  assert.is(seqs(await behind)[0], 1)
  hub.stop()
})

test('after a read that failed: the waits go on, and the next sweep answers them', async () => {
  const room = await newRoom(storage.sql, author)
  const failed: unknown[] = []
  const hub = new Hub(storage.sql, (error) => failed.push(error))
  const waiting = changes(hub, waitIn(room))
  await until(() => hub.held === 1)
  const seq = await commit(room)
  await storage.sql.query('alter table log rename to log_elsewhere')
  hub.advance(room.id, seq)
  await until(() => failed.length === 1)
  assert.is(hub.held, 1)
  await storage.sql.query('alter table log_elsewhere rename to log')
  await sweep(storage.sql, hub)
  assert.equal(seqs(await waiting), [1])
  hub.stop()
})

test.run()

const back = suite('a log that went back', 30)

back.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
back.after(() => storage.close())

/** A room with three messages, of which the last two are then lost, as after an older backup. */
async function roomThatWentBack() {
  const room = await newRoom(storage.sql, author)
  for (let turn = 0; turn < 3; turn++) await commit(room)
  const sql = watched(storage.sql)
  const hub = new Hub(sql, (error) => errors.push(error))
  const goBack = async () => {
    await storage.sql.query('delete from log where room_id = $1 and seq > 1', [room.id])
    await storage.sql.query('delete from messages where room_id = $1 and n > 1', [room.id])
    await storage.sql.query('update rooms set last_seq = 1 where id = $1', [room.id])
  }
  return { room, sql, hub, goBack }
}

back('a sweep ends the waits, with one query', async () => {
  const { room, sql, hub, goBack } = await roomThatWentBack()
  const waiting = upTo(3).map(() => changes(hub, waitIn(room, { head: 3, after: 3 })))
  await until(() => hub.held === 3)
  await goBack()
  await sweep(sql, hub)
  for (const batch of await Promise.all(waiting)) assert.equal([seqs(batch), batch.next], [[], 3])
  assert.equal([hub.held, sql.count], [0, 1])
})

back('a head that is believed and not there is read once, and then waited for', async () => {
  const { room, sql, hub, goBack } = await roomThatWentBack()
  hub.advance(room.id, 3)
  await goBack()
  const waiting = changes(hub, waitIn(room, { head: 1, after: 1 }))
  await until(() => hub.held === 1)
  assert.is(sql.count, 1)
  hub.advance(room.id, await commit(room))
  assert.equal(seqs(await waiting), [2])
})

back('a bell for what is not there leaves the waits as they are, with one query', async () => {
  const { room, sql, hub } = await roomThatWentBack()
  const waiting = changes(hub, waitIn(room, { head: 3, after: 3 }))
  await until(() => hub.held === 1)
  const read = latch()
  sql.after = async () => read.open()
  hub.advance(room.id, 1_000)
  await read.opened
  assert.equal([hub.held, sql.count], [1, 1])
  hub.advance(room.id, await commit(room))
  assert.equal(seqs(await waiting), [4])
})

back('a room that is gone ends its waits', async () => {
  const { room, hub } = await roomThatWentBack()
  const waiting = changes(hub, waitIn(room, { head: 3, after: 3 }))
  await until(() => hub.held === 1)
  await storage.sql.query('delete from rooms where id = $1', [room.id])
  await sweep(storage.sql, hub)
  assert.equal(seqs(await waiting), [])
})

back.run()
