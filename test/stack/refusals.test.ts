import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import {
  type Answer,
  type Asked,
  ask,
  form,
  freshRoom,
  type Guest,
  guest,
  json,
  jsonHeaders,
  messagesOf,
} from './client.ts'

const test = suite('what is refused')

let ann: Guest
let room: string

test.before(async () => {
  ann = await guest('ann')
  room = await freshRoom(ann)
})

test.after(async () => {
  assert.equal(await messagesOf(room), [], 'nothing of what was refused is stored')
})

/** A problem as programs are told of it. */
function isProblem(answer: Answer, status: number, code: string, what?: string): void {
  assert.is(answer.status, status, what)
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, what)
  const problem = JSON.parse(answer.text)
  assert.equal([problem.status, problem.code], [status, code], what)
  for (const part of ['type', 'title', 'detail']) assert.type(problem[part], 'string', what)
}

const accept = { accept: 'application/json' }
const post = (asked: Asked) => ann.ask(`/r/${room}/messages`, { method: 'POST', ...asked })

test('a cursor that is none, and numbers that are out of range', async () => {
  const wrong: [query: string, status: number, code: string][] = [
    ['after=', 400, 'malformed'],
    ['after=x', 400, 'malformed'],
    ['after=-1', 400, 'malformed'],
    ['after=00000000.', 400, 'malformed'],
    ['after=00000000.1e3', 400, 'malformed'],
    ["after=' or 1=1 --", 400, 'malformed'],
    ['after=%00', 400, 'malformed'],
    [`after=${'9'.repeat(3_000)}`, 400, 'malformed'],
    ['after=0&before=3', 400, 'malformed'],
    ['limit=0', 422, 'invalid'],
    ['limit=201', 422, 'invalid'],
    ['limit=1.5', 422, 'invalid'],
    ['limit=%F0%9F%A6%A6', 422, 'invalid'],
    ['wait=26', 422, 'invalid'],
    ['wait=-1', 422, 'invalid'],
    ['before=x', 422, 'invalid'],
    ['around=99999999999999999999', 422, 'invalid'],
  ]
  for (const [query, status, code] of wrong) {
    const path = `/r/${room}/messages?${encodeURI(decodeURIComponent(query))}`
    isProblem(await ask(path, { headers: accept }), status, code, query)
  }
})

test('every form of a refusal bears the same code', async () => {
  const path = `/r/${room}/messages?after=x`
  const text = await ask(path)
  assert.is(text.status, 400)
  assert.match(text.headers['content-type'] ?? '', /^text\/plain/)
  assert.match(text.text, /^[^\n]+\n$/)
  const fragment = await ask(path, { headers: { accept: 'text/html', 'hx-request': 'true' } })
  assert.is(fragment.status, 400)
  assert.match(fragment.text, /role="alert" data-code="malformed"/)
})

test('addresses that are no room', async () => {
  const paths = ['/r/', '/r/no%00thing', '/r/%ff', `/r/${'a'.repeat(3_000)}`, '/r/a%20b']
  for (const path of paths) {
    const { status } = await ask(path, { headers: accept })
    assert.ok([400, 404].includes(status), `${path}: ${status}`)
  }
  isProblem(await ask('/nothing/here', { headers: accept }), 404, 'not_found')
  isProblem(await ask('/r/lobby/messages/x', { headers: accept }), 404, 'not_found')
})

test('a body that is too big', async () => {
  const big = 'a'.repeat(300 * 1024)
  isProblem(await post({ headers: jsonHeaders, body: `{"body":"${big}"}` }), 413, 'too_large')
  isProblem(await post({ ...form({ body: big }, accept) }), 413, 'too_large')
  isProblem(
    await post({ headers: { ...accept, 'content-type': 'text/plain' }, body: big }),
    413,
    'too_large',
  )
  assert.is((await post({ headers: { 'content-type': 'text/plain' }, body: big })).status, 413)
})

test('a text that is longer than a message', async () => {
  isProblem(await post(json({ body: 'a'.repeat(10_001) })), 413, 'too_large')
  isProblem(await post(json({ body: '🦦'.repeat(10_001) })), 413, 'too_large')
})

test('the longest message is taken, in the widest spelling of each form', async () => {
  const room = await freshRoom(ann)
  const body = '🦦'.repeat(10_000)
  const escaped = [...body].map(() => '\\ud83e\\udda6').join('')
  const bodies: Asked[] = [
    form({ body }, accept),
    { headers: jsonHeaders, body: `{"body":"${escaped}"}` },
    { headers: { ...accept, 'content-type': 'text/plain' }, body },
  ]
  for (const asked of bodies) {
    const { status, text } = await ann.ask(`/r/${room}/messages`, { method: 'POST', ...asked })
    assert.is(status, 201)
    assert.ok(JSON.parse(text).body === body)
  }
})

test('bytes that are no UTF-8, and a NUL, in each form', async () => {
  const broken = [Buffer.from([0x61, 0xff, 0x62]), Buffer.from([0xc0, 0xaf]), Buffer.from('a\0b')]
  for (const bytes of broken) {
    const inJson = Buffer.concat([Buffer.from('{"body":"'), bytes, Buffer.from('"}')])
    isProblem(await post({ headers: jsonHeaders, body: inJson }), 400, 'malformed')
    const text = { ...accept, 'content-type': 'text/plain' }
    isProblem(await post({ headers: text, body: bytes }), 400, 'malformed')
    const fields = { ...accept, 'content-type': 'application/x-www-form-urlencoded' }
    const inForm = Buffer.concat([Buffer.from('body='), bytes])
    isProblem(await post({ headers: fields, body: inForm }), 400, 'malformed')
  }
  for (const body of ['{"body":"a\\u0000b"}', '{"body":"\\ud800"}']) {
    isProblem(await post({ headers: jsonHeaders, body }), 400, 'malformed', body)
  }
  for (const body of ['body=%00', 'body=%ff', 'body=%']) {
    const fields = { ...accept, 'content-type': 'application/x-www-form-urlencoded' }
    isProblem(await post({ headers: fields, body }), 400, 'malformed', body)
  }
})

test('a body that cannot be read', async () => {
  for (const body of ['', '{', '[]', '"text"', 'null', '{"body":"a"']) {
    isProblem(await post({ headers: jsonHeaders, body }), 400, 'malformed', body)
  }
  const bytes = { ...accept, 'content-type': 'application/octet-stream' }
  isProblem(await post({ headers: bytes, body: 'x' }), 415, 'media_type')
})

test('fields that are wrong are named', async () => {
  for (const body of [undefined, '', ' \n ', '\u200b']) {
    const refused = await post(json({ body }))
    isProblem(refused, 422, 'invalid')
    assert.type(JSON.parse(refused.text).fields.body, 'string')
  }
  for (const body of [['a'], { a: 1 }]) isProblem(await post(json({ body })), 422, 'invalid')
  isProblem(await post(json({ body: 'a', nonce: 'n'.repeat(129) })), 422, 'invalid')
  isProblem(await post(json({ body: 'a', reply_to: 'x' })), 422, 'invalid')
  isProblem(await post(json({ body: 'a', reply_to: 77 })), 422, 'invalid')
  const wrong = { name: '', color: 'red' }
  const refused = await ann.ask('/me', json(wrong, 'PATCH'))
  isProblem(refused, 422, 'invalid')
  assert.equal(Object.keys(JSON.parse(refused.text).fields).sort(), ['color', 'name'])
})

test('methods that a resource does not have', async () => {
  for (const method of ['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'OPTIONS']) {
    const { status } = await ann.ask(`/r/${room}/messages`, { method, headers: accept })
    assert.ok([404, 405].includes(status), `${method}: ${status}`)
  }
  const undone = await ann.ask('/me', form({ _method: 'DELETE' }, accept))
  isProblem(undone, 404, 'not_found')
})

test.run()
