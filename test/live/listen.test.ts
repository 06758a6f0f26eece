import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { limits } from '../../handlers/limits.ts'
import { readPayload, writePayload } from '../../handlers/live/doorbell.ts'
import { ListenBell } from '../../handlers/live/listen.ts'
import { drivers, openStorage, type Storage } from '../chat/storage.ts'
import { openGate } from '../gate.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'

/** A doorbell and what it has told. */
type Listener = {
  bell: ListenBell
  rings: [roomId: number, seq: number][]
  /** How often it said that anything may have been missed. */
  missed: number
  states: string[]
}

function listener(client: () => ReturnType<Storage['database']['client']>): Listener {
  const heard: Omit<Listener, 'bell'> = { rings: [], missed: 0, states: [] }
  const bell = new ListenBell({
    client,
    onRing: (roomId, seq) => heard.rings.push([roomId, seq]),
    onMissed: () => heard.missed++,
    onState: (state) => heard.states.push(state),
  })
  return Object.assign(heard, { bell })
}

const listening = (one: Listener, times = 1) =>
  until(() => one.states.filter((state) => state === 'listening').length >= times)

for (const driver of drivers) {
  const test = suite(`the doorbell on ${driver}`)
  let storage: Storage
  let here: Listener
  let there: Listener

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())
  test.before.each(async () => {
    here = listener(() => storage.database.client())
    there = listener(() => storage.database.client())
    await Promise.all([listening(here), listening(there)])
  })
  test.after.each(async () => {
    await Promise.all([here.bell.stop(), there.bell.stop()])
  })

  const listeners = async () => {
    const { rows } = await storage.sql.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and query like 'listen %' order by backend_start`,
    )
    return rows.map((row) => row.pid)
  }

  test('it looks at everything as soon as it listens', () => {
    assert.is(here.missed, 1)
  })

  test('a ring is heard at the other instance', async () => {
    here.bell.ring(7, 42)
    await until(() => there.rings.length > 0)
    assert.equal(there.rings, [[7, 42]])
  })

  test('rings at once are one bell, with the highest number of each room', async () => {
    for (const seq of [5, 6, 4]) here.bell.ring(1, seq)
    here.bell.ring(2, 1)
    await until(() => there.rings.length > 0)
    here.bell.ring(3, 1)
    await until(() => there.rings.length > 2)
    assert.equal(there.rings, [
      [1, 6],
      [2, 1],
      [3, 1],
    ])
  })

  test('more rooms than fit into one bell mean everything', async () => {
    for (let room = 1; room <= 2_000; room++) here.bell.ring(room, 1_000_000)
    await until(() => there.missed > 1)
    assert.equal(there.rings, [])
  })

  test('a bell that is not understood means everything', async () => {
    for (const payload of ['*', '', 'junk', '1:x']) {
      const before = there.missed
      await storage.sql.query('select pg_notify($1, $2)', ['natter', payload])
      await until(() => there.missed > before)
    }
    assert.equal(there.rings, [])
  })

  test('an instance whose connection was ended connects again, and looks at everything', async () => {
    for (const pid of await listeners()) {
      await storage.sql.query('select pg_terminate_backend($1)', [pid])
    }
    await Promise.all([listening(here, 2), listening(there, 2)])
    assert.equal(there.states, ['listening', 'lost', 'listening'])
    assert.is(there.missed, 2)
    here.bell.ring(7, 42)
    await until(() => there.rings.length > 0)
    assert.equal(there.rings, [[7, 42]])
  })

  test('a doorbell that was stopped has no connection, and ringing it is no error', async () => {
    await Promise.all([here.bell.stop(), there.bell.stop()])
    await until(async () => (await listeners()).length === 0)
    here.bell.ring(1, 1)
    await here.bell.stop()
  })

  test.run()
}

const test = suite('a doorbell in bad times')

let storage: Storage
test.before(async () => {
  storage = await openStorage('pg')
})
test.after(() => storage.close())

/** A doorbell whose way to the database is a gate, and how often it has tried to connect. */
async function gated() {
  const gate = await openGate(storage.env)
  const config = { ...storage.config, host: '127.0.0.1', port: Number(gate.env.PGPORT) }
  const { client } = await openDatabase(config)
  const tries = { count: 0 }
  const counted = () => {
    tries.count++
    return client()
  }
  return { gate, tries, ring: () => listener(counted) }
}

test('one that finds no database goes on trying until there is one', async () => {
  const { gate, tries, ring } = await gated()
  await gate.shut()
  const heard = ring()
  await until(() => tries.count >= 3)
  assert.equal(heard.states, [])
  await gate.open()
  await listening(heard)
  assert.is(heard.missed, 1)
  await heard.bell.stop()
  await gate.shut()
})

test('one that loses its database says so once, and comes back by itself', async () => {
  const { gate, tries, ring } = await gated()
  const heard = ring()
  await listening(heard)
  await gate.shut()
  await until(() => tries.count >= 3)
  assert.equal(heard.states, ['listening', 'lost'])
  await gate.open()
  await listening(heard, 2)
  assert.is(heard.missed, 2)
  await heard.bell.stop()
  await gate.shut()
})

test('one that is stopped while there is no database stops', async () => {
  const { gate, tries, ring } = await gated()
  await gate.shut()
  const heard = ring()
  await until(() => tries.count >= 2)
  await heard.bell.stop()
  assert.is(heard.missed, 0)
})

test('one whose connection died without a word notices, and connects again', async () => {
  mock.timers.enable({ apis: ['setInterval', 'Date'] })
  try {
    const { gate, ring } = await gated()
    const heard = ring()
    await listening(heard)
    gate.silence()
    for (let ms = 0; ms <= limits.doorbellSilenceMs; ms += limits.watchdogMs) {
      mock.timers.tick(limits.watchdogMs)
    }
    await listening(heard, 2)
    assert.is(heard.missed, 2)
    await heard.bell.stop()
    await gate.shut()
  } finally {
    mock.timers.reset()
  }
})

test.run()

const payloads = suite("a doorbell's payload")

payloads('heads are read as they were written', () => {
  const heads = new Map([
    [1, 5],
    [22, 999_999],
  ])
  assert.is(writePayload(heads, 100), '1:5 22:999999')
  assert.equal(readPayload('1:5 22:999999'), [...heads])
})

payloads('what does not fit means everything', () => {
  assert.is(writePayload(new Map([[1, 5]]), 3), '1:5')
  assert.is(writePayload(new Map([[1, 50]]), 3), '*')
})

payloads('what is not understood means everything', () => {
  for (const payload of ['*', '', ' ', '1', '1:', ':1', '1:2 ', '1:2  3:4', '-1:2', '1:2\n3:4']) {
    assert.is(readPayload(payload), null, JSON.stringify(payload))
  }
})

payloads('PostgreSQL takes the longest payload that is written', () => {
  assert.ok(limits.doorbellPayloadBytes < 8_000)
})

payloads.run()
