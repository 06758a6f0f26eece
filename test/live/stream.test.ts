import { mock } from 'node:test'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { EventStream, GREETING } from '../../handlers/live/stream.ts'
import { streamEvent } from '../../handlers/pages/stream.ts'
import { batchLines, roomSource } from '../../handlers/routes/answers.ts'
import { runStream, type StreamAsk } from '../../handlers/routes/stream.ts'
import {
  currently,
  guest,
  newRoom,
  openStorage,
  post,
  type Storage,
  say,
  succeeded,
} from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { posted } from './events.ts'
import { seqsIn, TestPipe } from './pipe.ts'
import { upTo } from './waits.ts'

const test = suite('an event stream')

test.after.each(() => mock.restoreAll())

/** A stream on a pipe of its own, and how often it was cut. */
function open(isRead = true) {
  const pipe = new TestPipe(isRead)
  const heard = { cuts: 0 }
  const source = roomSource('lobby', '00000000')
  const stream = new EventStream(
    pipe,
    (batch) => pipe.frame(batchLines(source, batch, 'json')),
    () => heard.cuts++,
  )
  return Object.assign(heard, { pipe, stream })
}

test('tells its client when to come back, and shows that it lives', () => {
  const { pipe, stream } = open()
  assert.match(GREETING, new RegExp(`^retry: ${limits.streamRetryMs}\n`))
  assert.is(stream.beat(), true)
  assert.is(pipe.text, ':\n\n', 'a comment, which no reader is told of')
})

test('tells each event by itself, under the cursor that goes on from there', () => {
  const { pipe, stream } = open()
  stream.tell({ events: [posted(1), posted(2)], next: 2, more: false })
  const lines = pipe.text.split('\n\n')
  assert.equal(
    lines.map((event) => /^id: (\S+)\ndata: \{"seq":(\d)/.exec(event)?.slice(1)),
    [['00000000.1', '1'], ['00000000.2', '2'], undefined],
  )
})

test('ends after a bounded life, though not all that came at once at the same time', () => {
  let now = 1_000
  mock.method(performance, 'now', () => now)
  const streams = upTo(50).map(() => open().stream)
  now += limits.streamMs * 0.8
  assert.ok(streams.every((stream) => stream.beat()))
  now += limits.streamMs * 0.1
  const living = streams.filter((stream) => stream.beat()).length
  assert.ok(living > 0 && living < streams.length, `${living} of 50 live on`)
  now += limits.streamMs * 0.1 + 1
  assert.not.ok(streams.some((stream) => stream.beat()))
})

test('is cut when its reader does not read, and the server keeps no more than the bound', () => {
  const one = open(false)
  const bytes = Buffer.alloc(limits.streamUnreadBytes / 4)
  for (let turn = 0; turn < 4; turn++) one.stream.write(bytes)
  assert.equal([one.cuts, one.pipe.isCut], [0, false])
  for (let turn = 0; turn < 2; turn++) one.stream.write(bytes)
  assert.equal([one.cuts, one.pipe.isCut], [1, true])
})

test('is not cut for a page that is longer than the bound, when its reader reads', () => {
  const one = open()
  for (let turn = 0; turn < 3; turn++) one.stream.write(Buffer.alloc(limits.streamUnreadBytes * 3))
  assert.equal([one.cuts, one.pipe.isCut], [0, false])
})

test('lets no text out of its data', () => {
  for (const end of ['\n', '\r', '\r\n', '\n\r', '\r\r', '\n\n']) {
    const text = streamEvent({ id: 'a.1', data: `one${end}event: reset${end}${end}id: a.9` })
    assert.match(text, /\n\n$/)
    for (const line of text.slice(0, -2).split(/\r\n|\r|\n/)) {
      assert.ok(line === 'id: a.1' || line.startsWith('data: '), JSON.stringify(line))
    }
  }
})

test.run()

const behind = suite('an event stream that begins far behind')

let storage: Storage
let author: Awaited<ReturnType<typeof guest>>['person']

behind.before(async () => {
  storage = await openStorage('pg')
  author = (await guest(storage.sql)).person
})
behind.after(() => storage.close())

/** A stream from the beginning of a room that holds so many long messages. */
async function opened(pipe: TestPipe, count: number) {
  const room = await newRoom(storage.sql, author)
  const body = '\u{4e2d}'.repeat(limits.messageChars)
  const draft = { body, nonce: null, replyTo: null }
  for (const said of await Promise.all(upTo(count).map(() => post(storage, author, room, draft)))) {
    succeeded(said)
  }
  const hub = new Hub(storage.sql, (error) => assert.unreachable(String(error)))
  const ask: StreamAsk = {
    room: await currently(storage.sql, room),
    head: count,
    floor: 0,
    epoch: '00000000',
    source: () => roomSource(room.slug, '00000000'),
    after: { epoch: null, seq: 0 },
    form: 'json',
    limit: limits.pageMessages,
    who: { personId: null, seen: 0 },
  }
  const running = runStream({ sql: storage.sql, hub }, ask, pipe, () => pipe.isCut)
  return { room, hub, running }
}

behind('is told all of it, however long the messages are, and goes on', async () => {
  const pipe = new TestPipe(true)
  const { room, hub, running } = await opened(pipe, 130)
  const stream = await running
  assert.equal(seqsIn(pipe.text), upTo(130))
  assert.equal([hub.held, pipe.isCut], [1, false])
  hub.advance(room.id, (await say(storage, author, room, 'and on')).message.n)
  await until(() => seqsIn(pipe.text).at(-1) === 131)
  if (stream) hub.leave(stream)
  assert.equal([hub.held, hub.traces], [0, 0])
})

behind('is cut when its reader does not read, and was never held', async () => {
  const pipe = new TestPipe(false)
  const { hub, running } = await opened(pipe, 130)
  assert.is(await running, null)
  assert.equal([pipe.isCut, hub.held, hub.traces], [true, 0, 0])
})

behind.run()
