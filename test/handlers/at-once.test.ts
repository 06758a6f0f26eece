/** How much of what there is few of somebody may take at once. */
import * as assert from 'uvu/assert'
import { Refusal } from '../../handlers/chat/refusal.ts'
import { createSlots } from '../../handlers/http/slots.ts'
import { createTurns } from '../../handlers/http/turns.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { latch } from '../until.ts'

const turns = suite('searches of one person')

turns('are carried out one after another, while others’ go on', async () => {
  const inTurn = createTurns()
  const [first, second] = [latch(), latch()]
  const done: string[] = []
  const asked = [
    inTurn('ann', () => first.opened.then(() => done.push('first'))),
    inTurn('ann', async () => done.push('second')),
    inTurn('ben', () => second.opened.then(() => done.push('another’s'))),
  ]
  second.open()
  await asked[2]
  assert.equal(done, ['another’s'])
  first.open()
  await Promise.all(asked)
  assert.equal(done, ['another’s', 'first', 'second'])
})

turns('wait for each other up to a bound, and go on after one that failed', async () => {
  const inTurn = createTurns(2)
  const gate = latch()
  const failing = inTurn('ann', async () => {
    await gate.opened
    throw new Error('the database is away')
  }).catch((error: Error) => error.message)
  const waiting = inTurn('ann', async () => 'found')
  const refused = await inTurn('ann', async () => 'never')
  assert.ok(refused instanceof Refusal && refused.code === 'slow_down')
  gate.open()
  assert.is(await failing, 'the database is away')
  assert.is(await waiting, 'found')
  assert.is(await inTurn('ann', async () => 'again'), 'again')
})

turns('that nobody waits for any more are not carried out', async () => {
  const inTurn = createTurns(2)
  const gate = latch()
  let isWanted = true
  const first = inTurn('ann', () => gate.opened)
  const second = inTurn(
    'ann',
    async () => assert.unreachable(),
    () => isWanted,
  )
  isWanted = false
  const third = inTurn('ann', async () => 'found')
  gate.open()
  await first
  assert.ok((await second) instanceof Refusal)
  assert.is(await third, 'found', 'what is not wanted takes no place')
})

const slots = suite('uploads')

const take = (got: ReturnType<ReturnType<typeof createSlots>>) => {
  assert.type(got, 'function')
  return got as () => void
}

slots('of many guests of one address leave room for those elsewhere', () => {
  const slot = createSlots()
  const taken = Array.from({ length: limits.uploadsPerAddress }, (_, guest) =>
    take(slot(guest, '192.0.2.1')),
  )
  const refused = slot(1000, '192.0.2.1')
  assert.ok(refused instanceof Refusal && refused.code === 'slow_down')
  take(slot(1001, '192.0.2.2'))()
  taken[0]?.()
  take(slot(1000, '192.0.2.1'))
})

slots('are not counted by address where that is not known', () => {
  const slot = createSlots(3, 3, 1)
  for (const person of [1, 2, 3]) take(slot(person, ''))
  const refused = slot(4, '')
  assert.ok(refused instanceof Refusal && refused.code === 'unavailable')
})

turns.run()
slots.run()
