import * as assert from 'uvu/assert'
import { upTo } from '../live/waits.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Answer, answersIn } from './answers.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { startInstances } from './scene.ts'
import { head, type Line, type Served, serveOn, say as speak } from './wire.ts'

const test = suite('the short way of a wait', 20)

let short: Served
let alone: Served
let ann: Someone
let ben: Someone
let room: string
let closed: string
const lines: Line[] = []

// Before what they serve.
test.after(async () => {
  await Promise.all([short.stop(), alone.stop()])
})
const { instance } = startInstances(test, ['instance'], { POST_BURST: '1000' })
test.before(async () => {
  short = await serveOn(instance, 'short')
  alone = await serveOn(instance, 'alone')
  ann = await join(instance.app, 'ann')
  ben = await join(instance.app, 'ben')
  closed = await roomOf(instance.app, ann, 'Closed', 'closed')
})
test.before.each(async () => {
  room = await roomOf(instance.app, ann, `Short ${Math.random()}`)
  await say(instance.app, ann, room, 'before')
})
test.after.each(async () => {
  for (const { socket } of lines.splice(0)) socket.destroy()
  await until(() => instance.hub.held === 0)
})

const forms = {
  json: { accept: 'application/json' },
  fragment: { accept: 'text/html', 'hx-request': 'true' },
  text: { accept: '*/*' },
}

const live = async (of = room, by = ann) =>
  (await jsonOf<PageJson>(ask(instance.app, `/r/${of}/messages`, { by }))).live

const path = (after: string, query = 'wait=25', of = room) =>
  `/r/${of}/messages?after=${after}${query ? `&${query}` : ''}`

const open = async (to: Served, bytes: string): Promise<Line> => {
  const line = await speak(to.port, bytes)
  lines.push(line)
  return line
}

/** The answers on a connection, as soon as there are so many. */
async function answers(line: Line, count: number, hasBodies = true): Promise<Answer[]> {
  let hasEnded = false
  void line.closed.then(() => {
    hasEnded = true
  })
  const read = () => answersIn(line.text(), { hasEnded, hasBodies })
  await until(() => hasEnded || read().length >= count)
  return read()
}

/** What must be the same whichever way an answer went. */
function same(a: Answer | undefined, b: Answer | undefined, what: string): void {
  assert.ok(a && b, what)
  for (const name of ['link', 'content-type', 'cache-control', 'hx-retarget', 'hx-reswap']) {
    assert.is(a.headers[name]?.toLowerCase(), b.headers[name]?.toLowerCase(), `${what}: ${name}`)
  }
  assert.is(a.status, b.status, what)
  assert.is(a.body, b.body, what)
  for (const name of b.headers.vary?.split(', ') ?? []) assert.ok(a.headers.vary?.includes(name))
}

/** Sends the same to both, and compares the answers. */
async function compare(bytes: string, what: string, meanwhile = async () => {}): Promise<Answer[]> {
  const asked = [await open(short, bytes), await open(alone, bytes)] as const
  await meanwhile()
  const count = bytes.match(/ HTTP\/1\.[01]\r\n/g)?.length ?? 1
  const hasBodies = !bytes.startsWith('HEAD')
  const [a, b] = await Promise.all(asked.map((line) => answers(line, count, hasBodies)))
  assert.is(a?.length, count, what)
  for (let i = 0; i < count; i++) same(a?.[i], b?.[i], `${what} ${i}`)
  return a ?? []
}

const held = (count: number) => until(() => instance.hub.held === count)

/** All forms, to a visitor and to a guest, plain and compressed. */
const ways = Object.entries(forms).flatMap(([form, accepted]) =>
  ['a visitor', 'a guest'].flatMap((who) =>
    [{}, { 'accept-encoding': 'gzip, deflate, br' }].map((zip) => ({
      name: `${form} to ${who}${zip['accept-encoding'] ? ', compressed' : ''}`,
      isZipped: zip['accept-encoding'] !== undefined,
      headers: () => ({
        ...accepted,
        ...zip,
        ...(who === 'a guest' ? { cookie: ben.cookie } : {}),
      }),
    })),
  ),
)

for (const { name, isZipped, headers } of ways) {
  test(`gives what the application gives: ${name}`, async () => {
    const after = await live()
    // The first acquaints the instance with who asks.
    for (const turn of ['first', 'second']) {
      const referred = short.referred()
      const [answer] = await compare(head(path(await live()), headers()), turn, async () => {
        await held(2)
        await say(instance.app, ann, room, `<b>${turn}</b> \u{4e2d} ${'long '.repeat(200)}`)
      })
      assert.ok(answer?.body.includes(turn))
      assert.is(answer?.headers['content-encoding'], isZipped ? 'gzip' : undefined)
      assert.is(short.referred(), referred, 'it went the short way')
    }
    await compare(head(path(after, 'wait=25&limit=1'), headers()), 'behind')
    await compare(head(path(after), headers()), 'further behind')
    await compare(head(path('0'), headers()), 'from the beginning')
  })
}

test('gives what the application gives where nothing comes, in every form', async () => {
  const nothing = path(await live(), 'wait=1')
  await Promise.all(ways.map(({ name, headers }) => compare(head(nothing, headers()), name)))
})

const odd: Record<string, (after: string) => string> = {
  'no wait': (after) => head(path(after, ''), forms.json),
  'a wait of nothing': (after) => head(path(after, 'wait=0'), forms.json),
  'an unknown parameter': (after) => head(path(after, 'wait=1&utm=x'), forms.json),
  'a doubled parameter': (after) => head(path(after, 'wait=1&wait=2'), forms.json),
  'a doubled cursor': (after) => head(path(after, `wait=1&after=${after}`), forms.json),
  'two places at once': (after) => head(path(after, 'wait=1&before=3'), forms.json),
  'an empty parameter': (after) => head(path(after, 'wait='), forms.json),
  'a parameter without a value': (after) => head(path(after, 'wait'), forms.json),
  'an encoded parameter': (after) => head(path(after, 'wa%69t=1'), forms.json),
  'a wait too long': (after) => head(path(after, 'wait=26'), forms.json),
  'a limit of none': (after) => head(path(after, 'wait=1&limit=0'), forms.json),
  'a client that is no word': (after) => head(path(after, 'wait=1&client=a%20b'), forms.json),
  'an encoded address': (after) =>
    head(path(after, 'wait=1').replace('messages', 'm%65ssages'), forms.json),
  'a slash at the end': (after) =>
    head(path(after, 'wait=1').replace('messages', 'messages/'), forms.json),
  'an address with a host': (after) => head(`http://localhost${path(after, 'wait=1')}`, forms.json),
  'a foreign cursor': () => head(path('00000000.1'), forms.json),
  'a foreign cursor in a page': () => head(path('00000000.1'), forms.fragment),
  'a cursor ahead of the room': (after) => head(path(`${after}9`), forms.text),
  'what is no cursor': () => head(path('yesterday'), forms.json),
  'a room that is not there': (after) => head(path(after, 'wait=25', 'nowhere'), forms.json),
  'a room that is not for me': (after) => head(path(after, 'wait=25', closed), forms.json),
  'a bad cookie': (after) => head(path(after, 'wait=1'), { cookie: 'natter=a.b', ...forms.json }),
  'a token': (after) =>
    head(path(after, 'wait=1'), { authorization: 'Bearer x', cookie: ann.cookie, ...forms.json }),
  'a page': (after) => head(path(after, 'wait=1'), { accept: 'text/html' }),
  'JSON refused by a weight': (after) =>
    head(path(after, 'wait=1'), { accept: 'application/json;q=0, text/plain' }),
  HEAD: (after) => head(path(after, 'wait=1'), forms.json, 'HEAD'),
  'HTTP/1.0': (after) => head(path(after, 'wait=1'), forms.json).replace('HTTP/1.1', 'HTTP/1.0'),
  'Connection: close': (after) =>
    head(path(after, 'wait=1'), { ...forms.json, connection: 'close' }),
  'a body': (after) => `${head(path(after, 'wait=1'), { ...forms.json, 'content-length': '2' })}ab`,
  'Accept twice': (after) =>
    head(path(after, 'wait=1'), { Accept: 'application/json', accept: 'text/plain' }),
  'HX-Request twice': (after) =>
    head(path(after, 'wait=1'), { 'HX-Request': 'true', 'hx-request': 'true' }),
  'gzip refused': (after) =>
    head(path(after, 'wait=1'), { ...forms.json, 'accept-encoding': 'gzip;q=0, identity' }),
}

for (const [what, bytes] of Object.entries(odd)) {
  test(`gives what the application gives to ${what}`, async () => {
    for (const turn of ['first', 'second']) {
      await compare(bytes(await live()), turn, async () => {
        await until(() => instance.hub.held === 2 || lines.every((one) => one.text()))
        await say(instance.app, ann, room, turn)
      })
    }
  })
}

test('takes the first of two cookies for who asks', async () => {
  const after = await live(closed)
  for (const [first, second, status] of [
    [ann, ben, 200],
    [ben, ann, 404],
  ] as const) {
    const cookies = { Cookie: first.cookie, cookie: second.cookie }
    const bytes = head(path(after, 'wait=1', closed), { ...cookies, ...forms.json })
    const [answer] = await compare(bytes, 'both cookies')
    assert.is(answer?.status, status)
  }
})

test('answers what is asked in one breath in its order, and keeps the connection', async () => {
  const after = await live()
  const three = [path(after), '/healthz', path(after)]
  const bytes = three.map((one) => head(one, forms.json)).join('')
  const [first, second, third] = await compare(bytes, 'pipelined', async () => {
    await held(4)
    await say(instance.app, ann, room, 'to both')
  })
  assert.ok(first?.body.includes('to both'))
  assert.ok(second?.status === 200)
  assert.ok(third?.body.includes('to both'))
})

// A proxy may send a post on a connection whose last answer it has, before the server knows that it
// is off: then the post waits its turn behind it.
test('answers a post that was read to its end behind an answer that is not off yet', async () => {
  const body = JSON.stringify({ body: 'behind a wait' })
  const headers = { ...forms.json, cookie: ann.cookie, 'content-type': 'application/json' }
  const post = head(`/r/${room}/messages`, { ...headers, 'content-length': `${body.length}` })
  const line = await open(short, head(path(await live()), forms.json))
  await held(1)
  line.socket.write(post.replace(/^GET/, 'POST') + body)
  const [wait, posted] = await answers(line, 2)
  assert.equal([wait?.status, posted?.status], [200, 201])
  assert.ok(wait?.body.includes('behind a wait'))
})

test('keeps a connection for any number of waits and other requests', async () => {
  const line = await open(short, '')
  for (let turn = 1; turn <= 20; turn++) {
    const asked = turn % 3 === 0 ? `/r/${room}/messages` : path(await live())
    line.socket.write(head(asked, { ...forms.json, cookie: ben.cookie }))
    if (turn % 3 !== 0) {
      await held(1)
      await say(instance.app, ann, room, `turn ${turn}`)
    }
    assert.is((await answers(line, turn)).at(-1)?.status, 200)
  }
  assert.is(await short.open(), 1)
})

test('refuses a closed room as one that is not there, to all but its members', async () => {
  const after = await live(closed)
  for (const by of [ben.cookie, 'natter=a.b', '']) {
    const [mine, none] = await Promise.all(
      [closed, 'nowhere'].map(async (of) => {
        const asked = head(path(after, 'wait=25', of), { ...forms.json, cookie: by })
        return (await answers(await open(short, asked), 1))[0]
      }),
    )
    assert.equal([mine?.status, mine?.body], [404, none?.body])
  }
  await open(short, head(path(after, 'wait=25', closed), { ...forms.json, cookie: ann.cookie }))
  await held(1)
})

test('leaves nothing behind when clients go', async () => {
  const after = await live()
  for (const client of ['', '&client=tab']) {
    const asked = head(path(after, `wait=25${client}`), { ...forms.json, cookie: ann.cookie })
    const gone = await Promise.all(upTo(5).map(() => open(short, asked)))
    await held(client ? 1 : 5)
    for (const { socket } of gone) socket.destroy()
    await until(() => instance.hub.held === 0)
    assert.is(instance.hub.traces, 0)
  }
})

test('leaves nothing behind when clients go that asked several things in one breath', async () => {
  // Their waits would end by themselves only after this test has.
  for (const more of [{}, { authorization: 'Basic x' }, { accept: 'text/event-stream' }]) {
    const first = head(path(await live()), { ...forms.json, cookie: ann.cookie })
    const next = head(path(await live()), { ...forms.json, ...more })
    const gone = await open(short, first + next.repeat(2))
    await held(3)
    gone.socket.destroy()
    await held(0)
    assert.is(instance.hub.traces, 0)
  }
})

test('takes nobody for whoever asked before on the same connection', async () => {
  await say(instance.app, ann, closed, 'for members')
  const accept = { accept: 'application/json', cookie: ann.cookie }
  const line = await open(short, head(path('0', 'wait=25', closed), accept))
  assert.is((await answers(line, 1))[0]?.status, 200)
  line.socket.write(head(path('0', 'wait=25', closed), { ...accept, cookie: ben.cookie }))
  assert.is((await answers(line, 2))[1]?.status, 404, 'another cookie in the same place')
  line.socket.write(head(path('0', 'wait=25', closed), { accept: 'application/json' }))
  assert.is((await answers(line, 3))[2]?.status, 404, 'no cookie')
  line.socket.write(head(path('0', 'wait=25', closed), { ...accept, accept: 'text/plain' }))
  const [text] = (await answers(line, 4)).slice(3)
  assert.is(text?.status, 200)
  assert.match(text?.headers['content-type'] ?? '', 'text/plain')
})

test.run()
