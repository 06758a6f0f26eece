import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { type Person, rename } from '../../handlers/chat/people.ts'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { limits } from '../../handlers/limits.ts'
import { ListenBell } from '../../handlers/live/listen.ts'
import { SERVER_LOG } from '../../handlers/live/log.ts'
import { type ServerEvent, ServerLog } from '../../handlers/live/server-log.ts'
import { Sweep } from '../../handlers/live/sweep.ts'
import { guest, openStorage, type Storage, succeeded } from '../chat/storage.ts'
import { openGate } from '../gate.ts'
import { suite } from '../suite.ts'
import { latch, until } from '../until.ts'
import { upTo } from './waits.ts'
import { watched } from './watched.ts'

const test = suite("the server's log", 30)

let storage: Storage
let ann: Person

test.before.each(async () => {
  storage = await openStorage('pg')
  ann = (await guest(storage.sql)).person
})
test.after.each(() => storage.close())

/** One who follows the log, and what they were told. */
function follower(sql = storage.sql) {
  const watch = watched(sql)
  const told: ServerEvent[] = []
  const heard = { lost: 0, errors: [] as unknown[] }
  const log = new ServerLog({
    sql: watch,
    begin: undefined,
    onEvent: (event) => told.push(event),
    onLost: () => heard.lost++,
    onError: (error) => heard.errors.push(error),
  })
  const sweep = new Sweep(watch, [log])
  return Object.assign(heard, { log, told, sql: watch, sweep: () => sweep.now() })
}

/** One who follows it from its present end on. */
async function followerFromNow() {
  const one = follower()
  await one.sweep()
  one.sql.count = 0
  return one
}

let names = 0
const change = async () => {
  const renamed = await rename(storage.sql, ann, { name: `ann ${names++}`, color: '#336699' })
  const { seq } = succeeded(renamed)
  if (seq === null) throw new Error('A new name was no change.')
  return seq
}
const seqs = (told: ServerEvent[]) => told.map(({ seq }) => seq)

test('a rename at one instance reaches another by the bell alone', async () => {
  const there = await followerFromNow()
  const listening = upTo(2).map(latch)
  const [here, other] = listening.map(
    ({ open }) =>
      new ListenBell({
        client: () => storage.database.client(),
        onRing: (roomId, seq) => {
          if (roomId === SERVER_LOG) there.log.advance(seq)
        },
        onMissed: async () => {},
        onState: open,
      }),
  )
  await Promise.all(listening.map(({ opened }) => opened))
  here?.ring(SERVER_LOG, await change())
  await until(() => there.told.length === 1)
  const [event] = there.told
  assert.equal([event?.seq, event?.type, event?.personId], [1, 'person.changed', ann.id])
  assert.ok(event?.at instanceof Date)
  await Promise.all([here?.stop(), other?.stop()])
})

test('a rename reaches everybody by the sweep alone, with one query and one read', async () => {
  const there = await followerFromNow()
  await change()
  await there.sweep()
  await until(() => there.told.length === 1)
  assert.is(there.sql.count, 2)
})

test('what was before one came is not told', async () => {
  await change()
  const late = await followerFromNow()
  await change()
  late.log.advance(2)
  await until(() => late.told.length > 0)
  assert.equal(seqs(late.told), [2])
})

test('a bell that rings while the first sweep is under way is not forgotten', async () => {
  const there = follower()
  there.sql.after = async (statement) => {
    if (statement === 1) there.log.advance(await change())
  }
  await there.sweep()
  await until(() => there.told.length === 1)
})

test('after being away all that was missed arrives, in order and once', async () => {
  const there = await followerFromNow()
  const missed = limits.serverLogEvents + 3
  await storage.sql.query(
    `with counted as (update server set last_seq = $1)
     insert into server_log (seq, type) select n, 'person.changed' from generate_series(1, $1) n`,
    [missed],
  )
  there.log.advance(missed - 1)
  await there.sweep()
  there.log.advance(await change())
  await until(() => there.told.length > missed)
  assert.equal(seqs(there.told), upTo(missed + 1))
  assert.is(there.lost, 0)
})

test('bells at once are one read', async () => {
  const there = await followerFromNow()
  for (const _ of upTo(5)) await change()
  for (const seq of upTo(5)) there.log.advance(seq)
  await until(() => there.told.length === 5)
  assert.is(there.sql.count, 1)
})

test('whoever has told something can be told from whoever has not', async () => {
  const there = await followerFromNow()
  const before = there.log.moves
  await there.sweep()
  assert.is(there.log.moves, before)
  there.log.advance(await change())
  await until(() => there.told.length === 1)
  assert.is.not(there.log.moves, before)
})

test('nothing is trusted before the first sweep', async () => {
  const there = follower()
  assert.not(there.log.isTrusted())
  await there.sweep()
  assert.ok(there.log.isTrusted())
})

test('one that cannot reach the database stops being trusted, and is again after a sweep', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  const gate = await openGate(storage.env)
  const config = { ...storage.config, host: '127.0.0.1', port: Number(gate.env.PGPORT) }
  const database = await openDatabase(config)
  database.onBroken(() => {})
  try {
    const there = follower(database.pool)
    await there.sweep()
    await gate.shut()
    mock.timers.tick(limits.trustMs)
    assert.ok(there.log.isTrusted())
    mock.timers.tick(1)
    assert.not(there.log.isTrusted())
    const failed = await there.sweep().then(
      () => false,
      () => true,
    )
    assert.ok(failed)
    assert.not(there.log.isTrusted())
    await change()
    await gate.open()
    await there.sweep()
    await until(() => there.log.isTrusted())
    assert.equal(seqs(there.told), [1])
  } finally {
    mock.timers.reset()
    await database.end()
    await gate.shut()
  }
})

test('it is not trusted again before what was missed has been told', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  try {
    const there = await followerFromNow()
    mock.timers.tick(limits.trustMs + 1)
    await change()
    const [reading, goOn] = [latch(), latch()]
    there.sql.after = async (statement) => {
      if (statement !== 2) return
      reading.open()
      await goOn.opened
    }
    await there.sweep()
    await reading.opened
    assert.not(there.log.isTrusted())
    goOn.open()
    await until(() => there.told.length === 1)
    assert.ok(there.log.isTrusted())
  } finally {
    mock.timers.reset()
  }
})

test('a clock that is set back ends the trust until the next sweep', async () => {
  const there = await followerFromNow()
  assert.not(there.log.isTrusted(Date.now() - 60_000))
})

test('a read that fails is told, and made up for by the next sweep', async () => {
  const there = await followerFromNow()
  await storage.sql.query('alter table server_log rename to elsewhere')
  there.log.advance(1)
  await until(() => there.errors.length === 1)
  await storage.sql.query('alter table elsewhere rename to server_log')
  await change()
  await there.sweep()
  await until(() => there.told.length === 1)
})

test('a head that went back loses all that is remembered, once', async () => {
  for (const _ of upTo(3)) await change()
  const there = await followerFromNow()
  await storage.sql.query('delete from server_log where seq > 1')
  await storage.sql.query('update server set last_seq = 1')
  await there.sweep()
  await there.sweep()
  assert.equal([there.lost, there.told.length], [1, 0])
  assert.ok(there.log.isTrusted())
  there.log.advance(await change())
  await until(() => there.told.length === 1)
  assert.equal(seqs(there.told), [2])
})

test('a bell that comes while a sweep is under way is no head that went back', async () => {
  const there = await followerFromNow()
  there.sql.after = async (statement) => {
    if (statement !== 1) return
    there.log.advance(await change())
    await until(() => there.told.length === 1)
  }
  await there.sweep()
  assert.equal([there.lost, there.told.length], [0, 1])
})

test('a gap loses all that is remembered, and what comes after is told', async () => {
  const there = await followerFromNow()
  for (const _ of upTo(3)) await change()
  await storage.sql.query('delete from server_log where seq = 2')
  await there.sweep()
  await until(() => there.lost === 1)
  there.log.advance(await change())
  await until(() => there.told.length === 1)
  assert.equal(seqs(there.told), [4])
})

test('a log whose events are gone loses all that is remembered', async () => {
  const there = await followerFromNow()
  await change()
  await storage.sql.query('delete from server_log')
  await there.sweep()
  await until(() => there.lost === 1)
  assert.equal(there.told, [])
  assert.ok(there.log.isTrusted())
})

test('a bell for what is not there is nothing', async () => {
  const there = await followerFromNow()
  there.log.advance(1_000)
  await until(() => there.sql.count === 1)
  there.log.advance(await change())
  await there.sweep()
  await until(() => there.told.length === 1)
  assert.is(there.lost, 0)
})

test('a log whose server is gone is not trusted', async () => {
  const there = await followerFromNow()
  await storage.sql.query('delete from server')
  await there.sweep()
  assert.is(there.lost, 1)
  assert.not(there.log.isTrusted())
})

test('what nobody asks for any more costs no sweep, and is kept true again when somebody does', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  try {
    const there = await followerFromNow()
    mock.timers.tick(limits.knownIdleMs + 1)
    await change()
    await there.sweep()
    assert.is(there.sql.count, 0)
    assert.not(there.log.isTrusted())
    await there.sweep()
    await until(() => there.log.isTrusted())
    assert.equal(seqs(there.told), [1])
  } finally {
    mock.timers.reset()
  }
})

test.run()
