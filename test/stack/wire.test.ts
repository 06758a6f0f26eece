import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, freshRoom, type Guest, guest, messagesOf } from './client.ts'
import { hangUp, head, send, statuses } from './wire.ts'

const test = suite('odd requests on the wire')

let ann: Guest
let room: string

test.before(async () => {
  ann = await guest('ann')
  room = await freshRoom(ann)
})

/** A whole post, as somebody would try to hide it in another request's body. */
const hidden = () => {
  const body = 'body=smuggled'
  const fields = [
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ]
  return head('POST', `/r/${room}/messages`, `Cookie: ${ann.cookie}`, ...fields) + body
}

test.after.each(async () => {
  assert.is((await ask('/healthz')).status, 200)
  assert.equal(await messagesOf(room), [], 'nothing was smuggled in')
})

test('a request that says two lengths is no request', async () => {
  const chunked = 'Transfer-Encoding: chunked'
  const ambiguous = [
    [chunked, `Content-Length: 4`],
    [`Content-Length: 4`, chunked],
    ['Content-Length: 0', 'Content-Length: 5'],
    ['Content-Length: 0, 5'],
    ['Content-Length: -1'],
    ['Content-Length: 0x10'],
    ['Content-Length : 5'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding : chunked'],
    ['Transfer-Encoding:\u000bchunked', 'Content-Length: 4'],
  ]
  for (const headers of ambiguous) {
    const text = await send(`${head('POST', '/me', ...headers)}0\r\n\r\n${hidden()}`, 2)
    const [first = 400, ...others] = statuses(text)
    assert.ok(first >= 400 && first < 600, `${headers.join(' + ')}: ${first}`)
    assert.equal(
      others.filter((status) => status < 400),
      [],
      headers.join(' + '),
    )
  }
})

test('a chunk that is none ends the connection', async () => {
  const chunked = head('POST', '/me', 'Transfer-Encoding: chunked')
  for (const body of ['zz\r\nabc', '5\r\nabc', '-1\r\n\r\n', 'fffffffffffffffff\r\n']) {
    const text = await send(`${chunked}${body}\r\n${hidden()}`, 2)
    for (const status of statuses(text)) assert.ok(status >= 400, `${body}: ${status}`)
  }
})

test('lines that are no headers are refused', async () => {
  const wrong = [
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\n folded: yes\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nna me: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a\r\nx: a\0b\r\n\r\n',
    'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
    'GET  HTTP/1.1\r\nHost: a\r\n\r\n',
    'nonsense\r\n\r\n',
  ]
  for (const request of wrong) {
    for (const status of statuses(await send(request))) {
      assert.ok(status >= 400 && status < 600, `${JSON.stringify(request)}: ${status}`)
    }
  }
})

test('headers without end are refused', async () => {
  for (const headers of [[`X-Long: ${'a'.repeat(100_000)}`], Array(3_000).fill('X-Many: a')]) {
    const [status = 431] = statuses(await send(head('GET', '/', ...headers)))
    assert.is(status, 431)
  }
})

test('headers that name inner things open nothing', async () => {
  const odd = [
    'X-Accel-Redirect: /_fragment',
    'X-Original-URL: /readyz',
    'X-Rewrite-URL: /readyz',
    'X-Forwarded-Host: example.org',
    'X-HTTP-Method-Override: DELETE',
    'X-Forwarded-For: 127.0.0.1, "><script>',
    'Connection: close, Cookie, HX-Request',
    'Range: bytes=0-0',
    'If-None-Match: *',
    'Expect: 100-continue',
    'Upgrade: h2c',
    'TE: trailers',
  ]
  for (const header of odd) {
    const text = await send(head('GET', `/r/${room}`, 'Connection: close', header))
    const last = statuses(text).at(-1)
    assert.is(last, 200, header)
    assert.match(text, /\(nothing has been said yet\)/, header)
    assert.not.match(text, 'example.org', header)
  }
})

test('two requests at once on one connection are two answers', async () => {
  const text = await send(head('GET', '/healthz') + head('GET', '/readyz'), 2)
  assert.equal(statuses(text), [200, 200])
  assert.match(text, /ok\n(.|\s)*ready\n/)
})

test('a method that nobody knows is refused', async () => {
  for (const method of ['BREW', 'TRACE', 'CONNECT', 'get']) {
    const [status = 400] = statuses(await send(head(method, '/', 'Connection: close')))
    assert.ok([400, 404, 405].includes(status), `${method}: ${status}`)
  }
})

test('somebody who hangs up in the middle of a request disturbs nobody', async () => {
  const fields = ['Content-Type: text/plain', 'Content-Length: 1000', `Cookie: ${ann.cookie}`]
  const half = `${head('POST', `/r/${room}/messages`, ...fields)}half of it`
  for (const bytes of [half, 'GET /r/lob', head('GET', '/').slice(0, -2)]) await hangUp(bytes)
})

test.run()
