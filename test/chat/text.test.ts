import * as assert from 'uvu/assert'
import { characters, isStorable, messageBody } from '../../handlers/chat/text.ts'
import { suite } from '../suite.ts'
import { refusedAs } from './storage.ts'

const test = suite("a message's text")

test('line breaks are one kind, and white space at the end goes', () => {
  assert.is(messageBody('a\r\nb\rc\nd'), 'a\nb\nc\nd')
  assert.is(messageBody('hello \n\t \r\n'), 'hello')
})

test('empty lines at the beginning go, and the first line keeps its indent', () => {
  assert.is(messageBody('\n  \n\t\n    code'), '    code')
  assert.is(messageBody('  - one\n  - two'), '  - one\n  - two')
})

test('a text of nothing that one could see is invalid', () => {
  for (const body of [
    undefined,
    '',
    ' ',
    '\n\n',
    '\u200b',
    '\u3164',
    ' \u200d\n\u2060 ',
    '\u0007',
  ]) {
    assert.is(refusedAs(messageBody(body)), 'invalid', JSON.stringify(body))
  }
})

test('a NUL or half a surrogate pair is malformed', () => {
  for (const body of ['a\0b', '\0', '\ud83e', 'a\udda6b']) {
    assert.is(refusedAs(messageBody(body)), 'malformed', JSON.stringify(body))
    assert.not(isStorable(body))
  }
  assert.ok(isStorable('🦦'))
})

test('10,000 characters fit and one more is too large, emoji counted once', () => {
  for (const one of ['x', '🦦', 'ß']) {
    assert.is(messageBody(one.repeat(10_000)), one.repeat(10_000))
    assert.is(refusedAs(messageBody(one.repeat(10_001))), 'too_large')
  }
  assert.is(characters('a🦦👩‍👧'), 5)
})

test('white space around it does not count', () => {
  assert.is(messageBody(`\n\n${'x'.repeat(10_000)}   \n`), 'x'.repeat(10_000))
})

test.run()

// A text that costs the square of its length would keep the process busy for longer than this.
const slow = suite('texts that are made to be slow', 5)

slow('a long run of spaces inside a text is read at once', () => {
  const body = `a${' '.repeat(250_000)}b`
  assert.is(refusedAs(messageBody(body)), 'too_large')
})

slow('so is one of empty lines', () => {
  assert.is(refusedAs(messageBody('\n '.repeat(125_000))), 'invalid')
})

slow.run()
