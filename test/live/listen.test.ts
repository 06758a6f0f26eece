import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { limits } from '../../handlers/limits.ts'
import {
  type Hint,
  readHints,
  readPayload,
  writeHint,
  writeHints,
  writePayload,
} from '../../handlers/live/doorbell.ts'
import { ListenBell } from '../../handlers/live/listen.ts'
import { drivers, openStorage, type Storage } from '../chat/storage.ts'
import { openGate } from '../gate.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { upTo } from './waits.ts'

/** A doorbell and what it has told. */
type Listener = {
  bell: ListenBell
  hints: Hint[]
  rings: [roomId: number, seq: number][]
  /** How often it said that anything may have been missed. */
  missed: number
  states: string[]
}

function listener(client: () => ReturnType<Storage['database']['client']>): Listener {
  const heard: Omit<Listener, 'bell'> = { rings: [], hints: [], missed: 0, states: [] }
  const bell = new ListenBell({
    client,
    onRing: (roomId, seq) => heard.rings.push([roomId, seq]),
    onMissed: async () => {
      heard.missed++
    },
    onHint: (roomId, text) => heard.hints.push([roomId, text]),
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

  test('a hint is heard at the other instances, as it was given, and not at its own', async () => {
    const texts = ['ann is writing', '', '{"a":1}', 'a\nb', '🦦 ü', '\0', '"\\']
    for (const text of texts) here.bell.hint(7, text)
    await until(() => there.hints.length === texts.length)
    there.bell.hint(8, 'back')
    await until(() => here.hints.length > 0)
    assert.equal(
      there.hints,
      texts.map((text) => [7, text]),
    )
    assert.equal(here.hints, [[8, 'back']])
    assert.equal([here.rings, here.missed, there.missed], [[], 1, 1])
  })

  test('a hint that is not understood is nothing', async () => {
    for (const payload of ['*', '', 'junk', '[]', 'null', '{"hints":[[1],["x","y"],7]}']) {
      await storage.sql.query('select pg_notify($1, $2)', ['natter_hints', payload])
    }
    here.bell.hint(7, 'ann is writing')
    await until(() => there.hints.length > 0)
    assert.equal([there.hints, there.missed], [[[7, 'ann is writing']], 1])
  })

  test('under a steady load numbers are heard in order, and the last of them', async () => {
    let seq = 0
    const ringing = setInterval(() => here.bell.ring(1, ++seq))
    await until(() => seq >= 200)
    clearInterval(ringing)
    await until(() => there.rings.at(-1)?.[1] === seq)
    const heard = there.rings.map(([, number]) => number)
    assert.equal(
      heard,
      [...new Set(heard)].sort((a, b) => a - b),
    )
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

  test('a doorbell that was stopped has no connection', async () => {
    await Promise.all([here.bell.stop(), there.bell.stop()])
    await until(async () => (await listeners()).length === 0)
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
    for (const _ of upTo(limits.watchdogUnheard + 1)) mock.timers.tick(limits.watchdogMs)
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

payloads('hints are read as they were written, and our own are none', () => {
  const hints: Hint[] = [
    [1, 'ann is writing'],
    [22, '🦦\n"'],
  ]
  const payload = writeHints(
    'here',
    hints.map(([roomId, text]) => writeHint(roomId, text)),
  )
  assert.equal(readHints(payload, 'there'), hints)
  assert.equal(readHints(payload, 'here'), [])
})

payloads('PostgreSQL takes the longest payload that is written', () => {
  assert.ok(limits.doorbellPayloadBytes < 8_000)
})

payloads.run()
