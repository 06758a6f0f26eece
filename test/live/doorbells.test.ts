/** What holds for every doorbell, by whichever driver. */
import { createHook } from 'node:async_hooks'
import * as assert from 'uvu/assert'
import type { Person } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import { type Database, openDatabase } from '../../handlers/drivers/database.ts'
import { type DriverName, guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { openGate } from '../gate.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type BellKind, type Instance, listening, openInstance } from './instances.ts'
import { follow, upTo } from './waits.ts'
import { watched } from './watched.ts'

const bells: readonly { kind: BellKind; driver: DriverName }[] = [
  { kind: 'listen', driver: 'pg' },
  { kind: 'listen', driver: 'neon' },
  { kind: 'poll', driver: 'pg' },
  { kind: 'poll', driver: 'neon' },
]

for (const { kind, driver } of bells) {
  const test = suite(`a doorbell by ${kind} on ${driver}`, 30)
  let storage: Storage
  let author: Person
  let room: Room
  let running: Instance[]

  test.before(async () => {
    storage = await openStorage(driver)
    author = (await guest(storage.sql)).person
  })
  test.after(() => storage.close())
  test.before.each(async () => {
    room = await newRoom(storage.sql, author)
    running = []
  })
  test.after.each(async () => {
    await Promise.all(running.map((one) => one.stop()))
    for (const one of running) assert.equal(one.errors, [])
  })

  const start = (database: Database = storage.database, sql = database.pool) => {
    const one = openInstance(kind, database, watched(sql))
    running.push(one)
    return one
  }
  const startTwo = async () => {
    const [here, there] = [start(), start()]
    await Promise.all([listening(here), listening(there)])
    return { here, there }
  }
  const commit = async (to = room) => (await say(storage, author, to, 'hello')).message.n

  test('a message of another instance arrives', async () => {
    const { here, there } = await startTwo()
    const reader = follow(there.hub, room)
    here.announce(room.id, await commit())
    await until(() => reader.told.length === 1)
    await reader.stop()
  })

  test('all that is said at two instances arrives at both, in order and once', async () => {
    const { here, there } = await startTwo()
    const rooms = await Promise.all(upTo(4).map(() => newRoom(storage.sql, author)))
    const readers = [here, there].flatMap(({ hub }) => rooms.map((one) => follow(hub, one)))
    await Promise.all(
      upTo(80).map(async (turn) => {
        const to = rooms[turn % rooms.length] ?? room
        const by = turn % 3 === 0 ? here : there
        by.announce(to.id, await commit(to))
      }),
    )
    await until(() => readers.every(({ told }) => told.length >= 20))
    await Promise.all(readers.map((reader) => reader.stop()))
    for (const { told } of readers) assert.equal(told, upTo(20))
  })

  test('what was said before it came arrives', async () => {
    // Before: what is committed once it listens, and not rung for, nobody would tell it of.
    await commit()
    const late = start()
    const reader = follow(late.hub, room)
    await until(() => reader.told.length === 1)
    await reader.stop()
  })

  test('what is said last before an instance stops arrives at the others', async () => {
    const { here, there } = await startTwo()
    const reader = follow(there.hub, room)
    here.announce(room.id, await commit())
    await here.stop()
    await until(() => reader.told.length === 1)
    await reader.stop()
  })

  test('nothing is told after it was stopped', async () => {
    const { here, there } = await startTwo()
    const other = start()
    await listening(other)
    await there.bell.stop()
    const before = [there.rings.length, there.looks, there.states.length]
    const reader = follow(other.hub, room)
    for (const seq of upTo(3)) {
      here.announce(room.id, await commit())
      await until(() => reader.told.length === seq)
    }
    assert.equal([there.rings.length, there.looks, there.states.length], before)
    await reader.stop()
  })

  test('one that was stopped leaves no timer, and ringing it is no error', async () => {
    const { here, there } = await startTwo()
    await Promise.all([here.bell.stop(), there.bell.stop()])
    const timers = started('Timeout', 'Immediate')
    here.bell.ring(room.id, 1)
    here.bell.hint(room.id, 'ann is writing')
    await here.bell.stop()
    assert.is(timers.stop(), 0)
  })

  test('ringing and hinting more than fits is no error', async () => {
    const { here, there } = await startTwo()
    const reader = follow(there.hub, room)
    await commit()
    for (const id of upTo(5_000)) here.bell.ring(1_000_000 + id, 1_000_000)
    for (const id of upTo(5_000)) here.bell.hint(id, `\0\ud800${'🦦'.repeat(id)}`)
    here.announce(room.id, 1)
    await until(() => reader.told.length === 1)
    await reader.stop()
  })

  /** An instance whose way to the database is a gate. */
  async function gated(isOpen: boolean) {
    const gate = await openGate(storage.env)
    if (!isOpen) await gate.shut()
    const config = { ...storage.config, host: '127.0.0.1', port: Number(gate.env.PGPORT) }
    const database = await openDatabase({ ...config, driver: 'pg' })
    database.onBroken(() => {})
    const one = start(database)
    const close = async () => {
      await one.stop()
      await database.end()
      await gate.shut().catch(() => {})
    }
    return { gate, one, close }
  }

  test('a lost database comes back, and what was said meanwhile arrives', async () => {
    const { gate, one, close } = await gated(true)
    await listening(one)
    const reader = follow(one.hub, room)
    await until(() => one.hub.held === 1)
    await gate.shut()
    await until(() => one.states.includes('lost'))
    await commit()
    await gate.open()
    await until(() => reader.told.length === 1)
    await listening(one, 2)
    assert.equal(one.states, ['listening', 'lost', 'listening'])
    await reader.stop()
    await close()
  })

  test('one that finds no database goes on trying until there is one', async () => {
    const { gate, one, close } = await gated(false)
    const reader = follow(one.hub, room)
    await commit()
    await gate.open()
    await until(() => reader.told.length === 1)
    await listening(one)
    await reader.stop()
    await close()
  })

  test('one that is stopped while there is no database stops', async () => {
    const { one, close } = await gated(false)
    const reader = follow(one.hub, room)
    await until(() => one.hub.held === 1)
    await one.bell.stop()
    await reader.stop()
    await close()
  })

  test.run()
}

/** Counts what is begun from now on. */
function started(...types: string[]): { stop(): number } {
  let count = 0
  const hook = createHook({
    init: (_id, type) => {
      if (types.includes(type)) count++
    },
  }).enable()
  return {
    stop() {
      hook.disable()
      return count
    },
  }
}
