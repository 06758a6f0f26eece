import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { hereHint, hereIn, Presence } from '../../handlers/live/presence.ts'
import { suite } from '../suite.ts'

const test = suite('who is here')

const here = (...people: number[]) => new Map([[7, new Set(people)]])
const due = (presence: Presence, people: Map<number, Set<number>>, at: number) =>
  [...(presence.due(people, at).get(7) ?? [])].sort()

test('who comes is announced at once, and all who stay now and then, nobody too often', () => {
  const presence = new Presence()
  const last = new Map<number, number>()
  const apart = limits.hintApartMs
  assert.equal(due(presence, here(1), apart), [1])
  assert.equal(due(presence, here(1, 2), apart + 1_000), [2])
  for (let at = apart + 2_000; at < apart * 10; at += 1_000) {
    for (const person of due(presence, here(1, 2), at)) {
      const before = last.get(person) ?? (person === 1 ? apart : apart + 1_000)
      assert.ok(at - before >= apart, 'not too often')
      assert.ok(at - before < limits.hintGoneMs, 'often enough to be believed')
      last.set(person, at)
    }
  }
  assert.equal([...last.keys()].sort(), [1, 2])
})

test('who leaves is announced no more, and who comes back at once no more often for that', () => {
  const presence = new Presence()
  assert.equal(due(presence, here(1, 2), 30_000), [1, 2])
  assert.equal(due(presence, here(2), 31_000), [])
  assert.equal(due(presence, here(1, 2), 32_000), [])
  assert.equal(due(presence, here(1, 2), 50_000), [1, 2])
  assert.equal(due(presence, new Map(), 51_000), [])
  assert.equal(due(presence, here(1), 52_000), [])
  assert.equal(due(presence, new Map(), 80_000), [])
  assert.equal(due(presence, here(1), 81_000), [1])
})

test('who was not heard of for a while is gone, and who wants nobody to know at once', () => {
  const presence = new Presence()
  presence.hear(7, [1, 2], 0)
  presence.hear(7, [2], 10_000)
  assert.equal([...presence.hereIn(7, limits.hintGoneMs)].sort(), [1, 2])
  assert.equal([...presence.hereIn(7, limits.hintGoneMs + 1)], [2])
  presence.hide(2)
  assert.equal([...presence.hereIn(7, 11_000)], [1])
  assert.equal([...presence.hereIn(8, 0)], [])
})

test('a hint of people is read as it was written, and nothing else is one', () => {
  assert.equal(hereIn(hereHint([3, 5])), [3, 5])
  for (const text of [
    '',
    '{',
    '{"type":"typing"}',
    '{"type":"here","people":7}',
    '{"type":"here",',
  ]) {
    assert.equal(hereIn(text), [])
  }
})

test('as many as are ever announced fit into one hint', () => {
  const most = Array.from({ length: limits.presencePeople }, (_, i) => 10_000_000 + i)
  assert.ok(JSON.stringify([10_000_000, `1000000 ${hereHint(most)}`]).length <= limits.hintBytes)
})

test.run()
