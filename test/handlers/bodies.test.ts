import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type MessageJson, roomOf, type Someone } from './ask.ts'
import { isRefused } from './expect.ts'

const test = suite('bodies')

let database: TestDatabase
let instance: Instance
let ann: Someone
let room: string

test.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  ann = await join(instance.app, 'ann')
  room = await roomOf(instance.app, ann, 'Bodies')
})
test.after(async () => {
  await instance.stop()
  await database.drop()
  assert.equal(
    instance.lines.filter((line) => / (warn|error) /.test(line)),
    [],
    'nothing that a client sends is logged as a fault',
  )
})

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const plain = 'text/plain'

const post = (type: string, raw: BodyInit, headers: Record<string, string> = {}) =>
  ask(instance.app, `/r/${room}/messages`, {
    by: ann,
    raw,
    headers: { 'content-type': type, ...headers },
  })

const bodyOf = async (response: Response) => {
  const message = await jsonOf<MessageJson>(response)
  assert.is(response.status, 201, JSON.stringify(message))
  return message.body
}

const bytes = (...codes: number[]) => new Uint8Array([...Buffer.from('body='), ...codes])

test('each form of a body is read', async () => {
  assert.is(await bodyOf(await post(form, 'body=a+b%26c%C3%A9=d')), 'a b&cé=d')
  assert.is(await bodyOf(await post(`${form}; charset=UTF-8`, 'x=1&body=y')), 'y')
  assert.is(await bodyOf(await post(json, '{"body":"a\\u00e9\\ud83e\\udda6"}')), 'aé🦦')
  assert.is(await bodyOf(await post('Application/JSON ; charset=utf-8', '{"body":"a"}')), 'a')
  assert.is(await bodyOf(await post(plain, 'body=a+b')), 'body=a+b')
})

test('a body that says how long it is is read as one that does not', async () => {
  const long = (raw: string) => ({ 'content-length': `${Buffer.byteLength(raw)}` })
  const bodies = [
    [form, 'body=a+b%26c%C3%A9=d', 'a b&cé=d'],
    [json, '{"body":"aé🦦"}', 'aé🦦'],
    [plain, '\ufeffaé', 'aé'],
    [plain, '\ufeffagain', 'again'],
  ] as const
  for (const [type, raw, body] of bodies) {
    assert.is(await bodyOf(await post(type, raw, long(raw))), body)
    assert.is(await bodyOf(await post(type, raw)), body)
  }
  const broken = { 'content-length': '6' }
  await isRefused('json', await post(form, bytes(0xff), broken), 400, 'malformed')
  await isRefused('json', await post(form, '', { 'content-length': '0' }), 422, 'invalid')
})

test('a JSON number or true is its text, and null is nothing', async () => {
  assert.is(await bodyOf(await post(json, '{"body":12,"nonce":null,"other":true}')), '12')
})

test('the first of two fields of the same name holds', async () => {
  assert.is(await bodyOf(await post(form, 'body=first&body=second')), 'first')
})

const malformed: [what: string, type: string, raw: BodyInit][] = [
  ['a NUL in a form', form, 'body=a%00b'],
  ['a NUL in another field of a form', form, 'body=a&other=%00'],
  ['a NUL in JSON', json, '{"body":"a\\u0000b"}'],
  ['a NUL in text', plain, 'a\0b'],
  ['raw bytes that are not UTF-8 in a form', form, bytes(0xff, 0xfe)],
  ['raw bytes that are not UTF-8 in JSON', json, new Uint8Array([0x22, 0xc3, 0x28, 0x22])],
  ['raw bytes that are not UTF-8 in text', plain, new Uint8Array([0x61, 0xe2, 0x82])],
  ['a surrogate in UTF-8', plain, new Uint8Array([0xed, 0xa0, 0x80])],
  ['percent-encoded bytes that are not UTF-8', form, 'body=%ff%fe'],
  ['a percent sign without its digits', form, 'body=100%'],
  ['half a surrogate pair in JSON', json, '{"body":"\\ud83e"}'],
  ['half a surrogate pair in a nonce', json, '{"body":"a","nonce":"\\udda6"}'],
  ['JSON that ends early', json, '{"body":"a"'],
  ['an empty JSON body', json, ''],
  ['a JSON array', json, '[{"body":"a"}]'],
  ['a JSON text', json, '"body"'],
  ['a JSON null', json, 'null'],
]

for (const [what, type, raw] of malformed) {
  test(`${what} is malformed`, async () => {
    await isRefused('json', await post(type, raw), 400, 'malformed')
  })
}

test('a field of JSON that is an object or array is invalid', async () => {
  for (const body of ['{"body":{"a":1}}', '{"body":["a"]}']) {
    const problem = await isRefused('json', await post(json, body), 422, 'invalid')
    assert.equal(Object.keys(problem?.fields ?? {}), ['body'])
  }
})

test('a body in any other form is refused as such', async () => {
  const known = ['application/xml', 'text/html', 'multipart/form-data; boundary=x', 'text', '']
  for (const type of [...known, 'constructor', '__proto__', 'tostring', 'application/json+x']) {
    await isRefused('json', await post(type, 'body=a'), 415, 'media_type')
  }
})

test("field names that every object has are fields as any other's", async () => {
  const names = '__proto__=a&constructor=b&toString=c&hasOwnProperty=d'
  assert.is(await bodyOf(await post(form, `${names}&body=hello`)), 'hello')
  assert.is(await bodyOf(await post(json, '{"__proto__":"x","body":"hello"}')), 'hello')
  await isRefused('json', await post(json, '{"__proto__":{"body":"x"}}'), 422, 'invalid')
})

test('a body that says it is too big is not read', async () => {
  const response = await post(plain, 'a', { 'content-length': `${limits.bodyBytes + 1}` })
  await isRefused('json', response, 413, 'too_large')
})

test('a body that is longer than it says is refused when it is too big', async () => {
  const response = await post(plain, 'a'.repeat(limits.bodyBytes + 1), { 'content-length': '1' })
  await isRefused('json', response, 413, 'too_large')
})

test('a body that comes in chunks is read until it is too big', async () => {
  let sent = 0
  const endless = new ReadableStream({
    pull(controller) {
      sent += 64 * 1024
      controller.enqueue(new Uint8Array(64 * 1024).fill(0x61))
    },
  })
  await isRefused('json', await post(plain, endless), 413, 'too_large')
  assert.ok(sent <= limits.bodyBytes * 2, `${sent} bytes were taken`)
})

for (const one of ['x', '🦦']) {
  const whole = one.repeat(limits.messageChars)
  const ways: [way: string, type: string, write: (text: string) => string][] = [
    ['a form', form, (text) => `body=${encodeURIComponent(text)}`],
    ['JSON', json, (text) => JSON.stringify({ body: text })],
    ['escaped JSON', json, (text) => `{"body":"${escaped(text)}"}`],
    ['text', plain, (text) => text],
  ]
  for (const [way, type, write] of ways) {
    test(`10,000 times ${one} in ${way} is taken, and one more is too large`, async () => {
      assert.is(await bodyOf(await post(type, write(whole))), whole)
      const problem = await isRefused(
        'json',
        await post(type, write(whole + one)),
        413,
        'too_large',
      )
      assert.match(problem?.detail ?? '', /10,000 characters/, 'the limit is told')
    })
  }
}

const escaped = (text: string) =>
  [...Array(text.length).keys()]
    .map((at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('')

test('an answer names the message that it answers', async () => {
  const { n } = await jsonOf<MessageJson>(post(plain, 'a question'))
  const answer = await jsonOf<MessageJson>(post(json, JSON.stringify({ body: 'yes', reply_to: n })))
  assert.is(answer.reply_to, n)
  for (const reply_to of [999_999, 'x', -1, 1.5]) {
    const response = await post(json, JSON.stringify({ body: 'yes', reply_to }))
    await isRefused('json', response, 422, 'invalid')
  }
})

test.run()
