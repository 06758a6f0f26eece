import * as assert from 'uvu/assert'
import { gather } from '../../handlers/chat/gather.ts'
import { suite } from '../suite.ts'

const test = suite('questions that are asked at the same time')

/** Answers a number with its double when told to. */
function slowly(bounds = { most: 500, atOnce: 2 }) {
  const statements: { numbers: number[]; answer(): void; fail(error: Error): void }[] = []
  const ask = gather<number, number>(
    (numbers) =>
      new Promise((resolve, reject) => {
        const answer = () => resolve(numbers.map((n) => n * 2))
        statements.push({ numbers, answer, fail: reject })
      }),
    bounds,
  )
  return { ask, statements }
}

test('a lone one is asked at once', () => {
  const { ask, statements } = slowly()
  void ask(1)
  assert.equal(
    statements.map(({ numbers }) => numbers),
    [[1]],
  )
})

test('a thousand at once cost a few statements, and each gets its own answer', async () => {
  const { ask, statements } = slowly()
  const numbers = Array.from({ length: 1_000 }, (_, i) => i)
  const answers = Promise.all(numbers.map(ask))
  for (let i = 0; i < statements.length; i++) {
    statements[i]?.answer()
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(
    await answers,
    numbers.map((n) => n * 2),
  )
  assert.equal(
    statements.map((statement) => statement.numbers.length),
    [1, 1, 500, 498],
  )
})

test('a statement that fails fails those that it was asked for, and no others', async () => {
  const { ask, statements } = slowly({ most: 10, atOnce: 1 })
  const first = ask(1)
  const second = ask(2)
  statements[0]?.fail(new Error('away'))
  const failed = await first.catch((error: Error) => error.message)
  assert.is(failed, 'away')
  await new Promise((resolve) => setImmediate(resolve))
  statements[1]?.answer()
  assert.is(await second, 4)
})

test.run()
