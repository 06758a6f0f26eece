import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { PollingBell } from '../../handlers/live/poll.ts'
import { openStorage } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { latch, until } from '../until.ts'
import { sweep, upTo } from './waits.ts'
import { watched } from './watched.ts'

const test = suite('the doorbell that looks')

/** Lets everything happen that waits for no time to pass. */
async function settle() {
  for (const _ of upTo(5)) await new Promise(setImmediate)
}

/** A bell that runs on a clock of the test, and how often it has looked. */
function onAClock(look: () => Promise<void>) {
  mock.timers.enable({ apis: ['setTimeout'] })
  mock.method(Math, 'random', () => 1)
  const seen = { looks: 0, states: [] as string[] }
  const bell = new PollingBell({
    onMissed: () => {
      seen.looks++
      return look()
    },
    onState: (state) => seen.states.push(state),
  })
  /** Whether it looks again after so long, and not before. */
  const looksAfter = async (ms: number) => {
    await settle()
    const before = seen.looks
    mock.timers.tick(ms - 1)
    await settle()
    const isEarly = seen.looks > before
    mock.timers.tick(1)
    await settle()
    return !isEarly && seen.looks === before + 1
  }
  return Object.assign(seen, { bell, looksAfter })
}
test.after.each(() => {
  mock.timers.reset()
  mock.restoreAll()
})

test('it looks again and again', async () => {
  const { looksAfter, bell } = onAClock(async () => {})
  for (const _ of upTo(3)) assert.ok(await looksAfter(limits.pollingMs))
  await bell.stop()
})

test('a look that takes long is not overtaken by the next', async () => {
  const slow = latch()
  const one = onAClock(() => slow.opened)
  await settle()
  mock.timers.tick(limits.pollingMs * 10)
  await settle()
  assert.is(one.looks, 1)
  slow.open()
  assert.ok(await one.looksAfter(limits.pollingMs))
  await one.bell.stop()
})

test('it looks less and less often while the database is away, and as ever when it is back', async () => {
  const database = { isAway: false }
  const { looksAfter, states, bell } = onAClock(async () => {
    if (database.isAway) throw new Error('away')
  })
  assert.ok(await looksAfter(limits.pollingMs))
  database.isAway = true
  assert.ok(await looksAfter(limits.pollingMs))
  for (let ms = limits.pollingMs * 2; ms < limits.reconnectMsMax; ms *= 2) {
    assert.ok(await looksAfter(ms), `${ms} ms`)
  }
  for (const _ of upTo(3)) assert.ok(await looksAfter(limits.reconnectMsMax))
  database.isAway = false
  assert.ok(await looksAfter(limits.reconnectMsMax))
  assert.ok(await looksAfter(limits.pollingMs))
  assert.equal(states, ['listening', 'lost', 'listening'])
  await bell.stop()
})

test('stopping waits for the look that is under way', async () => {
  const slow = latch()
  const { bell, looksAfter } = onAClock(() => slow.opened)
  let isStopped = false
  const stopped = bell.stop().then(() => {
    isStopped = true
  })
  await settle()
  assert.not(isStopped)
  slow.open()
  await stopped
  assert.not(await looksAfter(limits.pollingMs))
})

test('the database is asked nothing while nobody waits', async () => {
  const storage = await openStorage('pg')
  const sql = watched(storage.sql)
  const hub = new Hub(sql, () => {})
  let looks = 0
  const bell = new PollingBell({
    onMissed: () => {
      looks++
      return sweep(sql, hub)
    },
  })
  await until(() => looks >= 3)
  assert.is(sql.count, 0)
  await bell.stop()
  await storage.close()
})

test.run()
