import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { Stream } from '../../handlers/live/wait.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { upTo } from '../live/waits.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { answersIn, eventsIn, streamedIn } from './answers.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { type History, openHistory } from './history.ts'
import { head, type Line, type Served, serveOn, say as speak } from './wire.ts'

const test = suite('an event stream over HTTP', 30)

let database: TestDatabase
let history: History
let instance: Instance
let short: Served
let ann: Someone
let ben: Someone
let room: string
const left: (() => void)[] = []

test.before(async () => {
  database = await migratedDatabase()
  history = await openHistory(database.env)
  instance = await startInstance({ ...database.env, POST_BURST: '1000' })
  short = await serveOn(instance, 'short')
  ann = await join(instance.app, 'ann')
  ben = await join(instance.app, 'ben')
})
test.after(async () => {
  await short.stop()
  await history.end()
  await instance.stop()
  await database.drop()
})
test.before.each(async () => {
  room = await roomOf(instance.app, ann, `Stream ${Math.random()}`)
})
test.after.each(async () => {
  for (const leave of left.splice(0)) leave()
  await until(() => instance.hub.held === 0)
  assert.is(instance.hub.traces, 0)
})

type Read = { text: () => string; leave: () => void; ended: () => boolean }

type Headers = Record<string, string>

/** The ways in which a stream is read: over a socket, and in any runtime. */
const ways = {
  'over a socket': async (path: string, headers: Headers): Promise<Read> => {
    const line: Line = await speak(short.port, head(path, headers))
    const isOver = () => line.text().endsWith('\r\n0\r\n\r\n')
    return {
      text: () => streamedIn(line.text()),
      leave: () => line.socket.destroy(),
      ended: isOver,
    }
  },
  'by app.request()': async (path: string, headers: Headers): Promise<Read> => {
    const client = new AbortController()
    const response = await ask(instance.app, path, { headers, signal: client.signal })
    let text = ''
    let isOver = false
    const read = async () => {
      const decoder = new TextDecoder()
      for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true })
      isOver = true
    }
    void read().catch(() => {})
    return { text: () => text, leave: () => client.abort(), ended: () => isOver }
  },
}

const bodies = (text: string) => eventsIn(text).map(({ data }) => JSON.parse(data).message.body)

const stream = (query = '', of = room) => `/r/${of}/messages${query}`

const live = async (of = room) =>
  (await jsonOf<PageJson>(ask(instance.app, `/r/${of}/messages`, { by: ann }))).live

const held = (count: number) => until(() => instance.hub.held === count)

for (const [way, open] of Object.entries(ways)) {
  const listen = async (path: string, headers: Headers = {}) => {
    const one = await open(path, { accept: 'text/event-stream', ...headers })
    left.push(one.leave)
    return one
  }

  test(`greets, and begins with what comes, ${way}`, async () => {
    await say(instance.app, ann, room, 'before')
    const one = await listen(stream())
    await held(1)
    await until(() => one.text() !== '')
    assert.is(one.text(), `retry: ${limits.streamRetryMs}\n:\n\n`)
    await say(instance.app, ann, room, 'after')
    await until(() => bodies(one.text()).length === 1)
    assert.equal(bodies(one.text()), ['after'])
    assert.is(eventsIn(one.text())[0]?.id, await live())
  })

  test(`resumes at any event without a gap and without telling one twice, ${way}`, async () => {
    await history.fill(room, ann.id, 12)
    const all = await listen(stream('?after=0'))
    await until(() => eventsIn(all.text()).length === 12)
    for (const [index, { id = '' }] of eventsIn(all.text()).entries()) {
      const one = await listen(stream('?after=0'), { 'last-event-id': id })
      await until(
        () => instance.hub.held === index + 2 && eventsIn(one.text()).length === 11 - index,
      )
      assert.equal(eventsIn(one.text()), eventsIn(all.text()).slice(index + 1))
    }
  })

  test(`tells fragments without a poller, which no text breaks, ${way}`, async () => {
    const one = await listen(stream('?as=html'))
    const program = await listen(stream())
    await held(2)
    const body = 'a\r\n\r\nevent: reset\rdata: <div id="poller">\n\nid: x\u2028'
    const { body: stored } = await say(instance.app, ann, room, body)
    await until(() => eventsIn(one.text()).length === 1 && bodies(program.text()).length === 1)
    const [{ id, event, data = '' } = {}] = eventsIn(one.text())
    assert.equal([id, event], [await live(), undefined])
    assert.match(data, /^<hx-upsert [\s\S]*event: reset[\s\S]*<\/hx-upsert>$/)
    assert.not.match(data, /<div id="poller"|hx-get=/)
    assert.equal(bodies(program.text()), [stored])
  })

  test(`gives all to a program that is far behind, and a page to a browser, ${way}`, async () => {
    await history.fill(room, ann.id, 1_000)
    const [program, page] = [
      await listen(stream('?after=0')),
      await listen(stream('?after=0&as=html')),
    ]
    await held(2)
    await until(() => eventsIn(program.text()).length === 1_000)
    await until(() => eventsIn(page.text()).length === 1)
    const told = eventsIn(program.text()).map(({ data }) => JSON.parse(data).seq)
    assert.equal(told, upTo(1_000))
    const [reset, ...more] = eventsIn(page.text())
    assert.equal([reset?.event, reset?.id, more], ['reset', await live(), []])
    assert.ok(reset?.data.startsWith('<div id="talk"'))
    await say(instance.app, ann, room, 'and on')
    await until(() => [program, page].every(({ text }) => text().includes('and on')))
  })

  test(`resets whoever comes from another database, or from after an older copy, ${way}`, async () => {
    await say(instance.app, ann, room, 'only this')
    const cursor = await live()
    for (const lost of ['00000000.1', `${cursor}9`]) {
      for (const as of ['json', 'html']) {
        const one = await listen(stream(`?as=${as}`), { 'last-event-id': lost })
        await until(() => eventsIn(one.text()).length === 1)
        const [{ event, id, data = '' } = {}] = eventsIn(one.text())
        assert.equal([event, id, data.includes('only this')], ['reset', cursor, true])
        if (as === 'json') {
          const { reset, next, messages } = JSON.parse(data)
          assert.equal([reset, next, messages.length], [true, cursor, 1])
        }
      }
    }
    await say(instance.app, ann, room, 'and on')
  })

  test(`ends for a newer one of the same person and client, and for no other, ${way}`, async () => {
    const by = (who: Someone) => ({ cookie: who.cookie })
    const older = await listen(stream('?client=tab'), by(ann))
    const others = [
      await listen(stream('?client=tab'), by(ben)),
      await listen(stream('?client=other'), by(ann)),
      await listen(stream(), by(ann)),
      await listen(stream('?client=tab')),
      await listen(stream('?client=tab')),
    ]
    await held(6)
    const newer = await listen(stream('?client=tab'), by(ann))
    await until(older.ended)
    await held(6)
    await say(instance.app, ann, room, 'hello')
    await until(() => [newer, ...others].every(({ text }) => text().includes('hello')))
    assert.not.match(older.text(), 'hello')
  })
}

test('refuses like every other request', async () => {
  const closed = await roomOf(instance.app, ann, `Closed ${Math.random()}`, 'closed')
  const refused: [string, number, Headers?][] = [
    [stream('', closed), 404],
    [stream('', 'nowhere'), 404],
    [stream('?after=yesterday'), 400],
    [stream(), 400, { 'last-event-id': 'yesterday' }],
    [stream('?as=verse'), 422],
    [stream('?client=a+b'), 422],
  ]
  for (const [path, status, more = {}] of refused) {
    const accept = 'text/event-stream, application/json'
    const line = await speak(short.port, head(path, { accept, ...more }))
    left.push(() => line.socket.destroy())
    await until(() => answersIn(line.text()).length === 1)
    const [answer] = answersIn(line.text())
    assert.is(answer?.status, status, path)
    assert.match(answer?.headers['content-type'] ?? '', 'application/problem+json')
  }
})

test('ends an older poll with its own cursor, where it and the newer have one client', async () => {
  const after = await live()
  const headers = { accept: 'application/json', cookie: ann.cookie }
  const path = stream(`?after=${after}&wait=25&client=tab`)
  const poll = async () => {
    const line = await speak(short.port, head(path, headers))
    left.push(() => line.socket.destroy())
    return line
  }
  const older = await poll()
  await held(1)
  await poll()
  await until(() => answersIn(older.text()).length === 1)
  const [answer] = answersIn(older.text())
  assert.is(answer?.status, 200)
  assert.equal(JSON.parse(answer?.body ?? ''), {
    events: [],
    next: after,
    more: false,
    reset: false,
  })
  assert.is(instance.hub.held, 1)
})

for (const [way, query] of [
  ['the short way', '?as=json'],
  ['by the application', ''],
] as const) {
  test(`cuts a reader who never reads, ${way}, and keeps little for them`, async () => {
    const referred = short.referred()
    const line = await speak(short.port, head(stream(query), { accept: 'text/event-stream' }))
    left.push(() => line.socket.destroy())
    await held(1)
    assert.is(short.referred() - referred, query ? 0 : 1)
    line.socket.pause()
    for (let turn = 0; turn < 30 && instance.hub.held > 0; turn++) {
      await Promise.all(upTo(20).map(() => say(instance.app, ann, room, '\u{4e2d}'.repeat(9_000))))
    }
    assert.equal([instance.hub.held, instance.hub.traces], [0, 0])
  })
}

test('is refused at once where the instance holds as many as it can, as a poll is', async () => {
  const { hub } = instance
  class Held extends Stream {
    hint(): void {}
    tell() {}
    beat = () => true
    end() {}
  }
  const waits = upTo(limits.waitsPerInstance).map(() => new Held(1_000))
  for (const wait of waits) hub.hold(null, wait)
  try {
    const after = await live()
    const asked = [
      head(stream(), { accept: 'text/event-stream, application/json' }),
      head(stream(`?after=${after}&wait=25`), { accept: 'application/json' }),
    ]
    for (const bytes of asked) {
      const line = await speak(short.port, bytes)
      left.push(() => line.socket.destroy())
      await until(() => answersIn(line.text()).length === 1)
      const [answer] = answersIn(line.text())
      assert.is(answer?.status, 503)
      assert.is(answer?.headers['retry-after'], String(limits.retryAfterSeconds))
      assert.is(JSON.parse(answer?.body ?? '').code, 'unavailable')
    }
  } finally {
    for (const wait of waits) hub.leave(wait)
  }
})

test('leaves nothing of thousands of polls and streams whose clients are gone', async () => {
  const after = await live()
  const asked = [
    head(stream(`?after=${after}&wait=25`), { accept: 'application/json' }),
    head(stream(), { accept: 'text/event-stream' }),
  ]
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  for (const _ of upTo(6)) {
    const gone = await Promise.all(upTo(500).map((i) => speak(short.port, asked[i % 2])))
    await held(500)
    for (const { socket } of gone) socket.destroy()
    await held(0)
    assert.is(instance.hub.traces, 0)
  }
  await until(async () => (await short.open()) === 0)
  await until(() => timers() <= before)
})

test.run()
