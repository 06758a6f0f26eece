import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { cut, type LogEvent, nothing } from '../../handlers/live/log.ts'
import { Ring } from '../../handlers/live/ring.ts'
import { Room } from '../../handlers/live/room.ts'
import { Wait } from '../../handlers/live/wait.ts'
import { suite } from '../suite.ts'
import { deleted, edited, posted } from './events.ts'
import { upTo } from './waits.ts'

const test = suite('the end of a log that is kept')

const long = 'x'.repeat(limits.messageChars)
const seqs = (events: readonly LogEvent[]) => events.map(({ seq }) => seq)
const chars = (events: readonly LogEvent[]) =>
  events.reduce((sum, { message }) => sum + (message?.body.length ?? 0), 0)

test('gives what is past any number that it reaches back to', () => {
  const ring = new Ring(10)
  ring.push([posted(11), posted(12), posted(13)])
  assert.equal([ring.from, ring.top], [10, 13])
  assert.equal(
    upTo(3).map((by) => seqs(ring.past(10 + by))),
    [[12, 13], [13], []],
  )
  assert.equal([ring.covers(9), ring.covers(10), ring.covers(13)], [false, true, true])
})

test('forgets the oldest events, and says so', () => {
  const ring = new Ring(0)
  for (const seq of upTo(limits.ringEvents + 5)) ring.push([posted(seq)])
  assert.equal([ring.from, ring.covers(4), ring.covers(5)], [5, false, true])
  assert.is(ring.past(5).length, limits.ringEvents)
  assert.is(ring.past(5)[0]?.seq, 6)
})

test('a message that a crowd reacted to counts for its size, here and in an answer', () => {
  const by = upTo(500).map((id) => ({ id, name: 'somebody' }))
  const reactions = upTo(20).map((one) => ({ emoji: `:${one}:`, by }))
  const liked = (seq: number): LogEvent => {
    const { message, ...event } = posted(seq)
    return { ...event, message: message && { ...message, reactions } }
  }
  const ring = new Ring(0)
  for (const seq of upTo(5)) ring.push([liked(seq)])
  assert.is(ring.past(0).length, 1)
  const { events, more } = cut([liked(1), posted(2), posted(3)], 0, 50)
  assert.equal([seqs(events), more], [[1], true])
})

test('keeps so many characters and no more, however messages change', () => {
  const ring = new Ring(0)
  let seq = 0
  for (const turn of upTo(100)) {
    const n = ++seq
    ring.push([posted(n, turn % 2 === 0 ? long : 'short')])
    ring.push([turn % 2 === 0 ? deleted(++seq, n) : edited(++seq, n, long)])
    assert.ok(chars(ring.past(ring.from)) <= limits.ringChars, `at ${seq}`)
  }
})

test('keeps as much as ever after long messages were deleted', () => {
  const ring = new Ring(0)
  let seq = 0
  for (const _ of upTo(200)) {
    const n = ++seq
    ring.push([posted(n, long)])
    ring.push([deleted(++seq, n)])
  }
  assert.is(ring.past(ring.from).length, limits.ringEvents)
})

test('never drops what has just come, however long it is', () => {
  const ring = new Ring(0)
  ring.push([posted(1)])
  ring.push(upTo(100).map((by) => posted(1 + by, long)))
  assert.ok(ring.covers(1), 'whoever waits past 1 is told all of it')
  assert.is(ring.past(1).length, 100)
  ring.push([posted(102, long)])
  assert.ok(chars(ring.past(ring.from)) <= limits.ringChars)
})

test('carries a message as it is now in its older events as well', () => {
  const ring = new Ring(0)
  ring.push([posted(1, 'first'), posted(2, 'second')])
  ring.push([edited(3, 1, 'better')])
  ring.push([deleted(4, 2)])
  const bodies = ring.past(0).map(({ message }) => message?.body)
  assert.equal(bodies, ['better', '', 'better', ''])
})

test.run()

const room = suite('a room that is waited in')

class Recorded extends Wait {
  told: number[] = []
  tell() {}
}

/** Lets somebody wait past a number; streams go on by themselves. */
function wait(in_: Room, after: number, { limit = 50, isStream = false } = {}): Recorded {
  const one = new Recorded(1_000)
  const group = in_.group({ after, limit, floor: 0 }, isStream)
  one.group = group
  group.waits.add(one)
  return one
}

/** Pushes events as a read does, and writes down who is told what. */
function push(to: Room, events: LogEvent[], head = events.at(-1)?.seq ?? 0): void {
  to.push(events)
  for (const { waits, batch } of to.released(head)) {
    for (const one of waits) (one as Recorded).told.push(...seqs(batch.events))
  }
}

room('tells a burst of long messages whole, after long ones were deleted', () => {
  const one = new Room(1, 0)
  const stream = wait(one, 0, { isStream: true, limit: limits.pageMessages })
  let seq = 0
  for (const _ of upTo(80)) {
    const n = ++seq
    push(one, [posted(n, long)])
    push(one, [deleted(++seq, n)])
  }
  push(one, [posted(seq + 1), posted(seq + 2), posted(seq + 3)])
  assert.equal(stream.told, upTo(seq + 3))
})

room('gives the same batch to all who ask for the same', () => {
  const one = new Room(1, 0)
  wait(one, 0)
  push(one, [posted(1), posted(2)])
  assert.is(
    one.batch({ after: 0, limit: 50, floor: 0 }, 2),
    one.batch({ after: 0, limit: 50, floor: 0 }, 2),
  )
  const before = one.batch({ after: 1, limit: 50, floor: 0 }, 2)
  push(one, [posted(3)])
  assert.equal(seqs(before.events), [2], 'what was given does not change')
  assert.equal(seqs(one.batch({ after: 1, limit: 50, floor: 0 }, 3).events), [2, 3])
})

room('says that there are more where its page is full and the log has gone on', () => {
  const one = new Room(1, 0)
  wait(one, 0, { limit: 2 })
  one.push([posted(1), posted(2)])
  assert.is(one.batch({ after: 0, limit: 2, floor: 0 }, 2).more, false)
  one.push([])
  assert.is(one.batch({ after: 0, limit: 2, floor: 0 }, 3).more, true)
  assert.is(
    one.batch({ after: 0, limit: 50, floor: 0 }, 3).more,
    false,
    'one message that is being read is no arrears',
  )
})

room('lets streams that have been told the same go on as one group', () => {
  const one = new Room(1, 0)
  const [behind, level] = [wait(one, 0, { isStream: true }), wait(one, 1, { isStream: true })]
  push(one, [posted(1), posted(2)])
  assert.equal([behind.told, level.told], [[1, 2], [2]])
  assert.is(one.groups.size, 1)
  assert.is(behind.group, level.group)
  push(one, [posted(3)])
  assert.equal(
    [behind.told, level.told],
    [
      [1, 2, 3],
      [2, 3],
    ],
  )
})

room('releases nobody for whom there is nothing', () => {
  const one = new Room(1, 5)
  wait(one, 5)
  assert.equal(one.released(5), [])
  assert.equal(one.batch({ after: 5, limit: 50, floor: 0 }, 5), nothing(5))
})

room.run()
