/** Files through whatever stands in front of the backend. */
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, guest } from './client.ts'

const test = suite('files over HTTP')

const words = Array.from({ length: 60_000 }, (_, i) => `line ${i} of a text\n`).join('')

async function sent(bytes: string, name: string) {
  const ann = await guest()
  const head = `Content-Disposition: form-data; name="file"; filename="${name}"`
  const answer = await ann.ask('/r/lobby/files', {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'multipart/form-data; boundary=b' },
    body: `--b\r\n${head}\r\n\r\n${bytes}\r\n--b--\r\n`,
  })
  assert.is(answer.status, 201, answer.text)
  const { n, files } = JSON.parse(answer.text)
  return { ann, n, url: String(files[0].url) }
}

test('a file larger than any other request goes up, and comes down as it is', async () => {
  const { ann, url } = await sent(words, 'long.txt')
  const { status, headers, text } = await ann.ask(url, { headers: { 'accept-encoding': 'gzip' } })
  assert.is(status, 200)
  assert.is(headers['content-encoding'], undefined)
  assert.is(headers['content-length'], String(words.length))
  assert.ok(text === words)
})

test('a range of it comes as one, also for who asks like a browser', async () => {
  const { ann, url } = await sent(words, 'range.txt')
  for (const accept of ['*/*', 'text/html']) {
    const asked = { range: 'bytes=100-199', accept }
    const { status, headers, text } = await ann.ask(url, { headers: asked })
    assert.equal([status, headers['content-range']], [206, `bytes 100-199/${words.length}`])
    assert.is(text, words.slice(100, 200))
  }
})

test('it is sandboxed, once, and no page of ours', async () => {
  const { ann, url } = await sent('<script>alert(1)</script>', 'page.html')
  const { headers, text } = await ann.ask(url, { headers: { accept: 'text/html' } })
  assert.is(headers['content-security-policy'], "sandbox; default-src 'none'")
  assert.is(headers['x-content-type-options'], 'nosniff')
  assert.match(headers['content-disposition'] ?? '', /^attachment; /)
  assert.is(text, '<script>alert(1)</script>')
})

test('when its message is deleted it is there for nobody', async () => {
  const { ann, n, url } = await sent('gone', 'gone.txt')
  assert.is((await ann.ask(`/r/lobby/messages/${n}`, { method: 'DELETE' })).status, 200)
  assert.is((await ann.ask(url)).status, 404)
  assert.is((await ask(url)).status, 404)
})

test.run()
