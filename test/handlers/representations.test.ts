import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, type Form, forms, join, jsonOf, roomOf, type Someone, say } from './ask.ts'
import { isIn } from './expect.ts'
import { startInstances } from './scene.ts'

const test = suite('one resource, several representations')
const { instance } = startInstances(test, ['instance'])

let ann: Someone
let room: string

test.before(async () => {
  ann = await join(instance.app, 'ann')
  room = await roomOf(instance.app, ann, 'Tea room')
  await say(instance.app, ann, room, 'hello')
  await say(instance.app, ann, room, 'two\nlines')
})

const get = (path: string, form: Form, by: Someone | undefined = ann) =>
  ask(instance.app, path, { form, by })

for (const form of forms) {
  for (const path of ['/', '/me', '/r/:room', '/r/:room/messages', '/r/:room/messages/1']) {
    test(`GET ${path} answers as ${form}, to somebody known and to a visitor`, async () => {
      for (const by of [ann, undefined]) {
        await isIn(form, await get(path.replace(':room', room), form, by))
      }
    })
  }

  test(`GET /r/:room/messages?after= answers as ${form}`, async () => {
    await isIn(form, await get(`/r/${room}/messages?after=0`, form))
  })
}

const { keys } = Object
const messageKeys =
  'n room author body html at edited_at deleted reply_to thread version mentions reactions pinned files'.split(
    ' ',
  )

test('the shapes of a person', async () => {
  assert.equal(await jsonOf(get('/me', 'json')), {
    id: ann.id,
    name: 'ann',
    color: '#336699',
    kind: 'guest',
    hints: true,
  })
  const visitor = await jsonOf<Record<string, unknown>>(ask(instance.app, '/me'))
  assert.equal(keys(visitor), ['id', 'name', 'color', 'kind', 'suggestion'])
  assert.equal([visitor.id, visitor.name, visitor.kind], [null, null, 'visitor'])
})

test('the shape of a message', async () => {
  const message = await jsonOf<Record<string, unknown>>(get(`/r/${room}/messages/1`, 'json'))
  assert.equal(keys(message), messageKeys)
  const { at, html, ...rest } = message
  assert.match(`${at}`, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/)
  assert.is(html, '<p>hello</p>')
  assert.equal(rest, {
    n: 1,
    room,
    author: { id: ann.id, name: 'ann', color: '#336699', kind: 'guest' },
    body: 'hello',
    edited_at: null,
    deleted: false,
    reply_to: null,
    thread: null,
    mentions: [],
    reactions: [],
    pinned: false,
    files: [],
    version: 1,
  })
})

test('the shapes of a page, of a room and of changes', async () => {
  const page = await jsonOf<Record<string, unknown>>(get(`/r/${room}/messages`, 'json'))
  assert.equal(keys(page), ['messages', 'prev', 'next', 'live'])
  const whole = await jsonOf<Record<string, unknown>>(get(`/r/${room}`, 'json'))
  assert.equal(whole, {
    room: { slug: room, name: 'Tea room', topic: '', visibility: 'open', archived: false },
    ...page,
  })
  const changes = await jsonOf<{ events: Record<string, unknown>[]; next: string }>(
    get(`/r/${room}/messages?after=0`, 'json'),
  )
  assert.equal(keys(changes), ['events', 'next', 'more', 'reset'])
  assert.is(changes.next, page.live)
  assert.equal(
    changes.events.map((event) => [keys(event), event.seq, event.type, event.by]),
    [1, 2].map((seq) => [['seq', 'type', 'by', 'at', 'message'], seq, 'message.posted', ann.id]),
  )
})

test('a terminal gets a line for each message, further lines of one indented', async () => {
  const text = await (await get(`/r/${room}/messages`, 'text')).text()
  const at = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d'
  assert.match(text, new RegExp(`^${at} ann: hello\\n${at} ann: two\\n +lines\\n$`))
})

test('a post answers with the message, 201 and where it is', async () => {
  for (const form of ['json', 'fragment', 'text'] as const) {
    const response = await ask(instance.app, `/r/${room}/messages`, {
      by: ann,
      form,
      json: { body: `as ${form}` },
    })
    assert.match(response.headers.get('location') ?? '', new RegExp(`^/r/${room}/messages/\\d+$`))
    assert.ok((await isIn(form, response, 201)).includes(`as ${form}`))
  }
})

test('a new room answers with 201 and where it is', async () => {
  for (const form of ['json', 'fragment', 'text'] as const) {
    const response = await ask(instance.app, '/rooms', {
      by: ann,
      form,
      json: { name: `Made as ${form}`, topic: 'a topic' },
    })
    assert.is(response.headers.get('location'), `/r/made-as-${form}`)
    assert.ok((await isIn(form, response, 201)).includes(`Made as ${form}`))
  }
})

test('a text body is posted as it is', async () => {
  const response = await ask(instance.app, `/r/${room}/messages`, {
    by: ann,
    headers: { 'content-type': 'text/plain' },
    raw: 'body=1&x={"a":2}',
  })
  assert.is((await jsonOf<{ body: string }>(response)).body, 'body=1&x={"a":2}')
})

/** The form that headers choose, told by the type and the shell of the answer. */
async function chosen(headers: Record<string, string>): Promise<string> {
  const response = await instance.app.request(`/r/${room}/messages`, { headers })
  const type = response.headers.get('content-type')?.split(';')[0]
  if (type !== 'text/html') return type ?? ''
  return (await response.text()).includes('<html') ? 'page' : 'fragment'
}

const choices: [accept: string | undefined, fromHtmx: boolean, form: string][] = [
  [undefined, false, 'text/plain'],
  ['*/*', false, 'text/plain'],
  ['', false, 'text/plain'],
  ['image/png', false, 'text/plain'],
  ['text/*', false, 'text/plain'],
  ['text/html', false, 'page'],
  ['TEXT/HTML', false, 'page'],
  ['text/plain, text/html;q=0.1', false, 'page'],
  ['text/html;q=0', false, 'text/plain'],
  ['text/html; q=0.000', false, 'text/plain'],
  ['text/html;q=0.001', false, 'page'],
  ['application/json', false, 'application/json'],
  ['application/json;q=0.1, text/html', false, 'application/json'],
  ['text/html, application/json', true, 'application/json'],
  ['application/json;q=0, text/html', false, 'page'],
  ['application/json;q=0', true, 'fragment'],
  ['application/json-seq', false, 'text/plain'],
  ['*/*', true, 'fragment'],
  ['text/html', true, 'fragment'],
  [undefined, true, 'fragment'],
]

for (const [accept, fromHtmx, form] of choices) {
  test(`Accept: ${accept}${fromHtmx ? ' from htmx' : ''} gets ${form}`, async () => {
    const headers = {
      ...(accept === undefined ? {} : { accept }),
      ...(fromHtmx ? { 'hx-request': 'true' } : {}),
    }
    assert.is(await chosen(headers), form)
  })
}

test('HX-Request that is not true is no htmx', async () => {
  assert.is(await chosen({ accept: 'text/html', 'hx-request': 'false' }), 'page')
})

test('the frame for browsers without JavaScript is a document that asks for itself', async () => {
  const response = await get(`/r/${room}/frame`, 'page')
  const body = await response.text()
  assert.is(response.headers.get('cache-control'), 'private, no-store')
  assert.match(body, /^<!doctype html>/i)
  assert.match(body, /<meta http-equiv="refresh" content="\d+; url=\/r\/[a-z-]+\/frame\?after=/)
  assert.ok(body.includes('hello'))
})

test('a slash at the end makes no other address', async () => {
  for (const path of ['/me', `/r/${room}`, `/r/${room}/messages`, `/r/${room}/messages/1`]) {
    const [plain, slashed] = [await get(path, 'text'), await get(`${path}/`, 'text')]
    assert.is(slashed.status, 200, path)
    assert.is(await slashed.text(), await plain.text())
  }
})

test('HEAD answers as GET does, without a body', async () => {
  const response = await ask(instance.app, `/r/${room}`, { method: 'HEAD', form: 'text' })
  assert.is(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
  assert.is(await response.text(), '')
})

test.run()
