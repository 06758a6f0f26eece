/** Files that mean harm: by their names, by what they pretend to be, and by how they are sent. */
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { fileName } from '../../handlers/chat/files/names.ts'
import { limits } from '../../handlers/limits.ts'
import { chance } from '../random.ts'
import { suite } from '../suite.ts'
import { ask, join, jsonOf, type ProblemJson, type Someone } from './ask.ts'
import { run, startInstances } from './scene.ts'
import { bytesOf, type SentJson, sent } from './sending.ts'

const test = suite('hostile files')
const { database, instance } = startInstances(test, ['instance'], { POST_BURST: '100000' })

let ann: Someone

test.before(async () => {
  ann = await join(instance.app, 'ann')
})

const names: [given: string, kept: string][] = [
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ann\\plan.txt', 'plan.txt'],
  ['/', 'file'],
  ['', 'file'],
  ['..', 'file'],
  ['.htaccess', 'htaccess'],
  ['a\0b.txt', 'ab.txt'],
  ['a\r\nSet-Cookie: x=y.txt', 'a Set-Cookie_ x=y.txt'],
  ['gpj.\u202eexe.txt', 'gpj.exe.txt'],
  ['<img src=x onerror=alert(1)>.png', '_img src=x onerror=alert(1)_.png'],
  ['a"; filename=evil.html', 'a_; filename=evil.html'],
  ['\u200b\u2060', 'file'],
  ['name.', 'name'],
  ['half \ud800 a letter.txt', 'half \ufffd a letter.txt'],
]

for (const [given, kept] of names) {
  test(`the name ${JSON.stringify(given)} becomes ${JSON.stringify(kept)}`, () => {
    assert.is(fileName(given), kept)
  })
}

test('a long name is cut, and what it says of the file stays', () => {
  const kept = fileName(`${'é'.repeat(50_000)}.tar.gz`)
  assert.is([...kept].length, limits.fileNameChars)
  assert.match(kept, /é\.gz$/)
  assert.is(fileName(`${'. '.repeat(50_000)}x`).endsWith('x'), true)
})

const html = '<!doctype html><script>alert(document.cookie)</script>'
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
const harmful: [what: string, name: string, bytes: string, pretended: string][] = [
  ['HTML', 'a.html', html, 'text/html'],
  ['HTML that is called a picture', 'a.png', html, 'image/png'],
  ['SVG', 'a.svg', svg, 'image/svg+xml'],
  ['SVG with a head', 'a.svg', `<?xml version="1.0"?>${svg}`, 'image/svg+xml'],
  ['a script', 'a.js', 'alert(1)', 'text/javascript'],
  [
    'XHTML',
    'a.xhtml',
    `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`,
    'application/xhtml+xml',
  ],
  ['a stylesheet', 'a.css', '*{display:none}', 'text/css'],
  ['a PDF', 'a.pdf', '%PDF-1.7\n', 'application/pdf'],
  ['nothing at all', 'empty', '', 'image/gif'],
]

for (const [what, name, bytes, type] of harmful) {
  test(`${what} is handed out and never shown`, async () => {
    const message = await sent(instance.app, ann, 'lobby', [{ name, bytes, type }])
    const answer = await ask(instance.app, message.files[0]?.url ?? '', { by: ann })
    const header = (name: string) => answer.headers.get(name) ?? ''
    assert.match(
      header('content-type'),
      /^(text\/plain; charset=utf-8|application\/(octet-stream|pdf))$/,
    )
    assert.match(header('content-disposition'), /^attachment; /)
    assert.is(header('x-content-type-options'), 'nosniff')
    assert.is(header('content-security-policy'), "sandbox; default-src 'none'")
    assert.match(header('cache-control'), /^private\b/)
    assert.is((await bytesOf(answer)).toString(), bytes)
    const path = `/r/lobby/messages/${message.n}`
    const shown = await (await ask(instance.app, path, { by: ann, form: 'fragment' })).text()
    assert.not.match(shown, /<(img|audio|video|script|svg xmlns)/)
  })
}

test('a name in a header or a page is a name and nothing else', async () => {
  const name = `"><script>alert(1)</script> ' % \u{1f600}.txt`
  const message = await sent(instance.app, ann, 'lobby', [{ name, bytes: 'x' }])
  const answer = await ask(instance.app, message.files[0]?.url ?? '', { by: ann })
  const disposition = answer.headers.get('content-disposition') ?? ''
  assert.match(disposition, /^attachment; filename="[^"\\%]*"; filename\*=UTF-8''[\w.~%!-]+$/)
  const path = `/r/lobby/messages/${message.n}`
  const shown = await (await ask(instance.app, path, { by: ann, form: 'fragment' })).text()
  assert.not.match(shown, /<script>/)
})

const BOUNDARY = 'a-boundary'
const typed = (boundary = BOUNDARY) => ({
  'content-type': `multipart/form-data; boundary=${boundary}`,
})
const disposed = (more: string) => `Content-Disposition: form-data; ${more}\r\n\r\n`
const asFile = disposed('name="file"; filename="a.txt"')

const post = (raw: BodyInit, headers: Record<string, string> = typed()) =>
  ask(instance.app, '/r/lobby/files', { by: ann, raw, headers })

const broken: [what: string, raw: string, status: number, headers?: Record<string, string>][] = [
  ['no form', '{}', 415, { 'content-type': 'application/json' }],
  ['no boundary', 'x', 400, { 'content-type': 'multipart/form-data' }],
  ['an empty boundary', 'x', 400, { 'content-type': 'multipart/form-data; boundary=' }],
  ['a boundary that is too long', 'x', 400, typed('b'.repeat(71))],
  ['nothing', '', 400],
  ['another boundary than the one that is named', `--other\r\n${asFile}x\r\n--other--`, 400],
  ['no last delimiter', `--${BOUNDARY}\r\n${asFile}x`, 400],
  ['no end of a head', `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"`, 400],
  [
    'a part that is none of a form',
    `--${BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n--${BOUNDARY}--`,
    400,
  ],
  [
    'a part without a name',
    `--${BOUNDARY}\r\n${disposed('filename="a"')}x\r\n--${BOUNDARY}--`,
    400,
  ],
  ['rubbish behind a delimiter', `--${BOUNDARY}rubbish\r\n${asFile}x\r\n--${BOUNDARY}--`, 400],
  ['an endless head', `--${BOUNDARY}\r\nX: ${'x'.repeat(limits.formHeadBytes * 3)}`, 413],
  ['many heads', `--${BOUNDARY}\r\n${'X: y\r\n'.repeat(5000)}\r\n`, 413],
  [
    'too many parts',
    `${`--${BOUNDARY}\r\n${disposed('name="x"')}y\r\n`.repeat(50)}--${BOUNDARY}--`,
    413,
  ],
  [
    'a field without end',
    `--${BOUNDARY}\r\n${disposed('name="body"')}${'x'.repeat(limits.bodyBytes + 200)}`,
    413,
  ],
  ['a NUL in a text', `--${BOUNDARY}\r\n${disposed('name="body"')}a\0b\r\n--${BOUNDARY}--`, 400],
  [
    'a file under another name',
    `--${BOUNDARY}\r\n${disposed('name="other"; filename="a"')}x\r\n--${BOUNDARY}--`,
    422,
  ],
  [
    'a field in which nothing was chosen',
    `--${BOUNDARY}\r\n${disposed('name="file"; filename=""')}\r\n--${BOUNDARY}--`,
    422,
  ],
]

for (const [what, raw, status, headers] of broken) {
  test(`a request with ${what} is refused`, async () => {
    const answer = await post(raw, headers)
    assert.is(answer.status, status)
    assert.is((await jsonOf<ProblemJson>(answer)).status, status)
  })
}

test('a text that is no UTF-8 is refused, and a file of such bytes is not', async () => {
  const bytes = Buffer.of(0xff, 0xfe, 0x00, 0xc3)
  const part = (head: string) =>
    Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\n${head}`),
      bytes,
      Buffer.from(`\r\n--${BOUNDARY}--`),
    ])
  assert.is((await post(part(disposed('name="body"')))).status, 400)
  const answer = await post(part(asFile))
  assert.is(answer.status, 201)
  const { files } = await jsonOf<SentJson>(answer)
  const served = await bytesOf(ask(instance.app, files[0]?.url ?? '', { by: ann }))
  assert.ok(served.equals(bytes))
})

test('preamble, blanks and epilogue are none of the form', async () => {
  const text = `before it\r\n--${BOUNDARY} \t\r\n${asFile}x\r\n--${BOUNDARY}--\r\nbehind it`
  const answer = await post(text)
  assert.is(answer.status, 201)
  assert.is((await jsonOf<SentJson>(answer)).files[0]?.size, 1)
})

test('wherever the request is cut into pieces, it says the same', async () => {
  const random = chance('pieces of a form')
  const inside = Buffer.concat([
    Buffer.from('\r\n--a-bound\r\r\n--'),
    randomBytes(300),
    Buffer.from('\r\n-'),
  ])
  const whole = Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\n${disposed('name="body"')}wörds\r\n--${BOUNDARY}\r\n${asFile}`),
    inside,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ])
  for (let round = 0; round < 40; round++) {
    const raw = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < whole.length; ) {
          const bytes = round === 0 ? 1 : random.int(1, 60)
          controller.enqueue(new Uint8Array(whole.subarray(at, at + bytes)))
          at += bytes
        }
        controller.close()
      },
    })
    const answer = await post(raw)
    assert.is(answer.status, 201)
    const { body, files } = await jsonOf<SentJson>(answer)
    assert.is(body, 'wörds')
    const served = await bytesOf(ask(instance.app, files[0]?.url ?? '', { by: ann }))
    assert.ok(served.equals(inside))
  }
})

test('no name of a file stands in the log', async () => {
  await sent(instance.app, ann, 'lobby', [{ name: 'very-private.txt', bytes: 'x' }])
  await ask(instance.app, '/files/0123/very-private.txt', { by: ann })
  await ask(instance.app, '/%66iles/0123/very-private.txt', { by: ann })
  assert.ok(instance.lines.some((line) => line.includes('/files/0123')))
  assert.not.ok(instance.lines.some((line) => line.includes('very-private')))
})

test('an address that is none is answered like a file that is not there', async () => {
  for (const path of [
    '/files/x/y',
    '/files/%00/y',
    '/files/%ff/y',
    `/files/${'a'.repeat(5000)}/y`,
    '/previews/x',
    '/previews/%00',
  ]) {
    assert.is((await ask(instance.app, path, { by: ann })).status, 404, path)
  }
})

test('what was refused has left no file that could become one', async () => {
  const rows = await run<{ state: string; expired: boolean }>(
    database,
    "select state, expires_at <= now() as expired from files where state <> 'attached'",
  )
  assert.ok(rows.every(({ expired }) => expired))
})

test.run()
