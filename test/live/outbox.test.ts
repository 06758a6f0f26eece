import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { readHints, readPayload } from '../../handlers/live/doorbell.ts'
import { Outbox, type Outgoing } from '../../handlers/live/outbox.ts'
import { suite } from '../suite.ts'
import { latch } from '../until.ts'
import { upTo } from './waits.ts'

const test = suite('what is gathered to be rung')

test.before.each(() => mock.timers.enable({ apis: ['setTimeout'] }))
test.after.each(() => mock.timers.reset())

/** An outbox, what went out of it, and how to end the sending that is under way. */
function outbox() {
  const sent: Outgoing[] = []
  let under = latch()
  const box = new Outbox('here', (outgoing) => {
    sent.push(outgoing)
    under = latch()
    return under.opened
  })
  return { box, sent, arrive: () => under.open() }
}

/** Lets everything happen that waits for no time to pass. */
async function settle() {
  for (const _ of upTo(5)) await new Promise(setImmediate)
}

const heads = (sent: Outgoing[]) => sent.map(({ heads: payload }) => payload)
const hints = (sent: Outgoing[]) => sent.flatMap(({ hints: payload }) => readHints(payload, ''))

test('what is rung after a silence goes out at once, with all of the same turn', async () => {
  const { box, sent } = outbox()
  for (const seq of [5, 6, 4]) box.ring(1, seq)
  box.ring(2, 1)
  box.hint(3, 'ann is writing')
  assert.equal(sent, [])
  await settle()
  assert.equal(heads(sent), ['1:6 2:1'])
  assert.equal(hints(sent), [[3, 'ann is writing']])
})

test('what comes while a sending is under way goes out after it, together', async () => {
  const { box, sent, arrive } = outbox()
  box.ring(1, 1)
  await settle()
  for (const seq of [2, 3]) box.ring(1, seq)
  mock.timers.tick(limits.doorbellGatherMs * 10)
  await settle()
  assert.equal(heads(sent), ['1:1'])
  arrive()
  await settle()
  assert.equal(heads(sent), ['1:1', '1:3'])
})

test('two sendings are apart however quick they are', async () => {
  const { box, sent, arrive } = outbox()
  box.ring(1, 1)
  await settle()
  arrive()
  for (const seq of [2, 3]) {
    box.ring(1, seq)
    await settle()
    mock.timers.tick(limits.doorbellGatherMs - 1)
    await settle()
    assert.is(sent.length, seq - 1)
    mock.timers.tick(1)
    await settle()
    assert.is(sent.length, seq)
    arrive()
  }
})

test('nothing goes out where nothing came', async () => {
  const { box, sent, arrive } = outbox()
  box.ring(1, 1)
  await settle()
  arrive()
  mock.timers.tick(limits.doorbellGatherMs)
  await settle()
  await box.close()
  assert.is(sent.length, 1)
})

test('more rooms than fit mean everything', async () => {
  for (const [count, fits] of [
    [500, true],
    [1_000, false],
    [limits.doorbellRooms * 2, false],
  ] as const) {
    const { box, sent } = outbox()
    for (const room of upTo(count)) box.ring(room, 1_000_000)
    await settle()
    assert.is(readPayload(sent[0]?.heads ?? '')?.length, fits ? count : undefined)
    assert.ok((sent[0]?.heads.length ?? 0) <= limits.doorbellPayloadBytes)
    assert.ok(sent[0]?.heads)
  }
})

test('a hint that is too long is dropped, and the others are not', async () => {
  const { box, sent } = outbox()
  box.hint(1, 'x'.repeat(limits.hintBytes))
  box.hint(1, '🦦'.repeat(limits.hintBytes / 4))
  box.hint(1, '\0'.repeat(limits.hintBytes / 6))
  box.hint(1, 'x'.repeat(limits.hintBytes / 2))
  await settle()
  assert.equal(hints(sent), [[1, 'x'.repeat(limits.hintBytes / 2)]])
})

test('hints that are too many are dropped, and what goes out fits', async () => {
  const { box, sent, arrive } = outbox()
  for (const room of upTo(2_000)) box.hint(room, 'ü🦦"')
  await settle()
  const bytes = Buffer.byteLength(sent[0]?.hints ?? '')
  assert.ok(
    bytes <= limits.doorbellPayloadBytes && bytes > limits.doorbellPayloadBytes - 50,
    `${bytes}`,
  )
  const told = hints(sent).map(([room]) => room)
  assert.equal(told, upTo(told.length))
  arrive()
  box.hint(1, 'there is room again')
  mock.timers.tick(limits.doorbellGatherMs)
  await settle()
  assert.equal(hints(sent.slice(1)), [[1, 'there is room again']])
})

test('the same hint at once is one', async () => {
  const { box, sent } = outbox()
  for (const _ of upTo(3)) box.hint(1, 'ann is writing')
  await settle()
  assert.equal(hints(sent), [[1, 'ann is writing']])
})

test('closing sends what is left, after what is under way, and takes nothing more', async () => {
  const { box, sent, arrive } = outbox()
  box.ring(1, 1)
  await settle()
  box.ring(1, 2)
  const closed = box.close()
  box.ring(1, 3)
  box.hint(1, 'late')
  await settle()
  assert.equal(heads(sent), ['1:1'])
  arrive()
  await settle()
  assert.equal(heads(sent), ['1:1', '1:2'])
  arrive()
  await closed
  mock.timers.tick(limits.doorbellGatherMs)
  await settle()
  assert.equal(
    sent.map(({ hints: payload }) => payload),
    ['', ''],
  )
})

test('what was rung in this very turn goes out when it is closed', async () => {
  const { box, sent, arrive } = outbox()
  box.ring(1, 1)
  const closed = box.close()
  await settle()
  arrive()
  await closed
  assert.equal(heads(sent), ['1:1'])
})

test.run()
