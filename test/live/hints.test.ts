import * as assert from 'uvu/assert'
import type { Person } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { EventStream } from '../../handlers/live/stream.ts'
import { batchLines, batchText, roomSource } from '../../handlers/routes/answers.ts'
import { guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { TestPipe } from './pipe.ts'
import { changes, waitIn } from './waits.ts'

const test = suite('hints')

let storage: Storage
let author: Person
let room: Room
let hub: Hub

test.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
test.after(() => storage.close())
test.before.each(async () => {
  room = await newRoom(storage.sql, author)
  hub = new Hub(storage.sql, (error) => assert.unreachable(String(error)))
})
test.after.each(() => hub.stop())

const typing = '{"typing":"ann"}'
const source = () => roomSource(room.slug, '00000000')

function stream() {
  const pipe = new TestPipe(true)
  const bytes = (batch: Parameters<typeof batchLines>[1]) =>
    pipe.frame(batchLines(source(), batch, 'json'))
  const one: EventStream = new EventStream(pipe, bytes, () => hub.leave(one))
  hub.hold({ roomId: room.id, head: 0, after: 0, limit: limits.pageMessages, floor: 0 }, one)
  return pipe
}

test('a stream is told at once, as an event that leaves its place alone', () => {
  const pipe = stream()
  hub.hint(room.id, typing)
  assert.is(pipe.text, `event: hint\ndata: ${typing}\n\n`)
})

test('a hint ends no poll, and stands in its next answer, in JSON and as a fragment', async () => {
  const waiting = changes(hub, waitIn(room))
  await until(() => hub.held === 1)
  hub.hint(room.id, typing)
  await new Promise(setImmediate)
  assert.is(hub.held, 1)
  hub.advance(room.id, (await say(storage, author, room, 'hello')).message.n)
  const batch = await waiting
  const json = JSON.parse(batchText(source(), batch, 'json'))
  assert.equal([json.events.length, json.hints], [1, [JSON.parse(typing)]])
  const html = batchText(source(), batch, 'fragment')
  assert.match(html, 'data-hint="{&quot;typing&quot;:&quot;ann&quot;}"')
})

test('a poll that ends with nothing is told of hints as well, and one without any is as ever', async () => {
  const quiet = await changes(hub, waitIn(room, { ms: 1 }))
  assert.equal(quiet, { events: [], next: 0, more: false })
  const waiting = changes(hub, waitIn(room, { ms: limits.wheelSpanMs }))
  await until(() => hub.held === 1)
  hub.hint(room.id, typing)
  assert.equal((await waiting).hints, [{ text: typing }])
})

test('so many are kept for a poll and no more, and what is no JSON is told to nobody', async () => {
  const pipe = stream()
  const waiting = changes(hub, waitIn(room, { ms: limits.wheelSpanMs }))
  await until(() => hub.held === 2)
  hub.hint(room.id, 'ann is typing')
  hub.hint(room.id, '{"typing":"ann"}\n\nevent: reset')
  for (let turn = 0; turn < limits.hintsKept + 5; turn++) hub.hint(room.id, `${turn}`)
  const kept = (await waiting).hints?.map(({ text }) => text)
  assert.equal([kept?.length, kept?.at(-1)], [limits.hintsKept, `${limits.hintsKept + 4}`])
  assert.not.match(pipe.text, /ann|reset/)
})

test('who polls on is told a hint once', async () => {
  const waiting = changes(hub, waitIn(room))
  await until(() => hub.held === 1)
  hub.hint(room.id, typing)
  const { n } = (await say(storage, author, room, 'hello')).message
  hub.advance(room.id, n)
  const first = await waiting
  const next = changes(hub, waitIn(room, { after: first.next }))
  await until(() => hub.held === 1)
  hub.advance(room.id, (await say(storage, author, room, 'and more')).message.n)
  const second = await next
  assert.equal([first.hints, second.hints], [[{ text: typing }], undefined])
  assert.is(second.events.length, 1)
})

test('where nobody waits a hint is lost', async () => {
  hub.hint(room.id, typing)
  assert.is((await changes(hub, waitIn(room, { ms: 1 }))).hints, undefined)
})

test.run()
