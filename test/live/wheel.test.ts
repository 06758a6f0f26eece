import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { Slices } from '../../handlers/live/slices.ts'
import { type Timed, Wheel } from '../../handlers/live/wheel.ts'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { upTo } from './waits.ts'

const test = suite('the wheel', 20)

const spanMs = 100
const mostMs = 2_000

type Item = Timed & { name: number; dueAt: number }

const item = (name: number, dueAt = 0): Item => ({ slot: undefined, inSlot: 0, name, dueAt })

/** A wheel whose time passes only when it is told to, and what it has handed over. */
function turned() {
  let now = 5_000
  mock.timers.enable({ apis: ['setInterval'] })
  mock.method(performance, 'now', () => now)
  const over: Item[] = []
  const wheel = new Wheel<Item>(spanMs, mostMs, (due) => over.push(...due))
  return {
    wheel,
    over,
    now: () => now,
    add: (name: number, ms: number) => {
      const one = item(name, now + ms)
      wheel.add(one, ms)
      return one
    },
    /** Time that passes while nobody can do anything. */
    sleep: (ms: number) => {
      now += ms
    },
    pass: (ms: number) => {
      for (let left = ms; left > 0; left -= 10) {
        now += 10
        mock.timers.tick(10)
      }
    },
  }
}

test.after.each(() => {
  mock.timers.reset()
  mock.restoreAll()
})

test('hands nothing over before its time, and nothing much later', () => {
  const { wheel, over, now, add, pass } = turned()
  const chances = chance('the wheel')
  const kept: Item[] = []
  let left = 0
  for (const name of upTo(2_000)) {
    const one = add(name, chances.int(0, mostMs))
    kept.push(one)
    if (chances.oneIn(4)) wheel.add(one, one.dueAt - now())
    if (chances.oneIn(5) && one.slot) {
      wheel.delete(one)
      left++
    }
    const before = over.length
    if (chances.oneIn(10)) pass(10)
    for (const { dueAt } of over.slice(before)) {
      assert.ok(dueAt <= now(), 'too early')
      assert.ok(dueAt > now() - 3 * spanMs, 'too late')
    }
  }
  pass(mostMs + 2 * spanMs)
  assert.is(over.length + left, kept.length)
  assert.is(new Set(over).size, over.length, 'each once')
  assert.is(wheel.count, 0)
})

test('hands everything over after a sleep, and nothing that was added after it', () => {
  for (const sleptMs of [1_000, 2_500, 10_000, 60_000]) {
    const { wheel, over, add, sleep, pass, now } = turned()
    for (const name of upTo(10)) add(name, name * 200)
    sleep(sleptMs)
    const late = add(99, mostMs)
    pass(spanMs)
    const asleep = upTo(10).filter((name) => name * 200 <= sleptMs - spanMs)
    for (const name of asleep) assert.ok(over.some((one) => one.name === name))
    assert.ok(
      over.every(({ dueAt }) => dueAt <= now()),
      `too early after ${sleptMs} ms`,
    )
    while (wheel.count > 0) pass(10)
    assert.is(over.length, 11)
    assert.ok(now() >= late.dueAt, `after ${sleptMs} ms`)
    mock.timers.reset()
    mock.restoreAll()
  }
})

test('hands over anew what is added again while it is handed over', () => {
  let turns = 0
  mock.timers.enable({ apis: ['setInterval'] })
  let now = 0
  mock.method(performance, 'now', () => now)
  const beat = item(1)
  const wheel = new Wheel<Item>(spanMs, mostMs, ([one]) => {
    turns++
    if (one && turns < 5) wheel.add(one, 500)
  })
  wheel.add(beat, 500)
  for (let ms = 0; ms < 5_000; ms += 50) {
    now += 50
    mock.timers.tick(50)
  }
  assert.equal([turns, wheel.count, beat.slot], [5, 0, undefined])
})

test('deletes what is not there without a word', () => {
  const { wheel, over, add, pass } = turned()
  const one = add(1, 100)
  wheel.delete(one)
  wheel.delete(one)
  wheel.delete(item(2))
  pass(1_000)
  assert.equal([wheel.count, over.length], [0, 0])
})

test('leaves no timer running where nothing stands in it', () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  const wheel = new Wheel<Item>(spanMs, mostMs, () => {})
  const items = upTo(100).map((name) => item(name))
  for (const one of items) wheel.add(one, mostMs)
  assert.is(timers(), before + 1)
  for (const one of items) wheel.delete(one)
  assert.is(timers(), before)
})

test.run()

const slices = suite('slices')

slices('give others their turn in between, and keep the order', async () => {
  const done: string[] = []
  let turns = 0
  let isOver = false
  const sliced = new Slices<number, string>(1, (one, what) => {
    const end = performance.now() + 0.2
    while (performance.now() < end);
    done.push(`${what} ${one}`)
    isOver = what === 'second' && one === 200
  })
  const other = () => {
    turns++
    if (!isOver) setImmediate(other)
  }
  setImmediate(other)
  sliced.push(upTo(200), 'first')
  assert.ok(done.length > 0, 'the first slice is done at once')
  assert.ok(done.length < 200, 'and no more than a slice')
  sliced.push(upTo(200), 'second')
  await until(() => isOver)
  assert.ok(turns >= 10, `${turns} turns of others`)
  assert.equal(
    done,
    ['first', 'second'].flatMap((what) => upTo(200).map((n) => `${what} ${n}`)),
  )
})

slices('take in what is added by what they do', async () => {
  const done: number[] = []
  const sliced: Slices<number, null> = new Slices(5, (one) => {
    done.push(one)
    if (one < 50) sliced.push([one * 2], null)
  })
  sliced.push([1, 3], null)
  sliced.push([], null)
  await until(() => done.length === 13)
  assert.equal(done.slice(0, 4), [1, 3, 2, 6])
  sliced.push([1_000], null)
  assert.is(done.at(-1), 1_000)
})

slices.run()
