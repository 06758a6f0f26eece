import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { continues, epochOf, readCursor, writeCursor } from '../../handlers/live/cursor.ts'
import { once } from '../../handlers/live/once.ts'
import { suite } from '../suite.ts'

const test = suite('cursors')

const epoch = epochOf('word', { origin: 1 })

test('a cursor is read as it was written', () => {
  for (const seq of [0, 1, 42, 999_999_999_999_999]) {
    const text = writeCursor(epoch, seq)
    assert.match(text, /^[0-9A-Za-z._-]+$/)
    assert.equal(readCursor(text), { epoch, seq })
  }
})

test('0 is the beginning, in any epoch', () => {
  assert.equal(readCursor('0'), { epoch: null, seq: 0 })
  assert.ok(continues({ epoch: null, seq: 0 }, epoch, 0))
  assert.ok(continues({ epoch: null, seq: 0 }, epoch, 10))
})

test('what is no cursor is none', () => {
  const long = `${epoch}.${'9'.repeat(16)}`
  const none = ['', '1', '00', '-1', epoch, `${epoch}.`, `${epoch}.-1`, `${epoch}.01`, long]
  const odd = [
    `${epoch}.1 `,
    `${epoch}.1\n`,
    `${epoch}.1.2`,
    `${epoch.toUpperCase()}x.1`,
    '\0',
    '🦦',
  ]
  for (const text of [...none, ...odd]) assert.is(readCursor(text), null, JSON.stringify(text))
})

test('another word or another table is another epoch', () => {
  const others = [epochOf('other', { origin: 1 }), epochOf('word', { origin: 2 })]
  assert.is(new Set([epoch, ...others]).size, 3)
  assert.is(epochOf('word', { origin: 1 }), epoch)
})

test('a log is continued from its own cursors up to its head, and from no other', () => {
  assert.ok(continues({ epoch, seq: 10 }, epoch, 10))
  assert.not(continues({ epoch, seq: 11 }, epoch, 10))
  assert.not(continues({ epoch: '00000000', seq: 1 }, epoch, 10))
})

test('a text is made of an object once for each form', () => {
  let made = 0
  const make = () => `made ${++made}`
  const [one, other] = [{}, {}]
  assert.is(once(one, 'fragment', make), 'made 1')
  assert.is(once(one, 'fragment', make), 'made 1')
  assert.is(once(one, 'text', make), 'made 2')
  assert.is(once(other, 'fragment', make), 'made 3')
})

test('of what was made so much is kept, and the rest made again', () => {
  let made = 0
  const of = {}
  const large = (form: number) =>
    once(of, `form ${form}`, () => {
      made++
      return new Uint8Array(limits.madeBytes / 8)
    })
  for (let form = 0; form < 20; form++) large(form)
  large(19)
  large(18)
  assert.is(made, 20)
  large(0)
  assert.is(made, 21)
})

test('an empty text is made once as well', () => {
  let made = 0
  const of = {}
  for (let turn = 0; turn < 3; turn++) once(of, 'text', () => `${made++ && 'again'}`.slice(1))
  assert.is(made, 1)
})

test.run()
