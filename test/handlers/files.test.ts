/** Files: sent to a room as one message, kept as they came, and given to those who may see it. */
import { createHash, randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { collectFiles } from '../../handlers/chat/files/collecting.ts'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { startInstance } from './app.ts'
import {
  ask,
  forms,
  join,
  jsonOf,
  type PageJson,
  type ProblemJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { come, linkTo, run, startInstances } from './scene.ts'
import { bytesOf, type SentJson, send, sent } from './sending.ts'

const test = suite('files')
const { database, instance } = startInstances(test, ['instance'], { FILE_BYTES: '3000000' })

let ann: Someone
let ben: Someone
let room: string

test.before(async () => {
  ann = await join(instance.app, 'ann')
  ben = await join(instance.app, 'ben')
  room = await roomOf(instance.app, ann, 'Files')
})

const app = () => instance.app
const get = (path: string, by?: Someone, headers: Record<string, string> = {}) =>
  ask(app(), path, { by, headers })
const pageOf = (of: string, by: Someone) => jsonOf<PageJson>(ask(app(), `/r/${of}`, { by }))
const last = async (of: string, by: Someone) =>
  (await pageOf(of, by)).messages.at(-1) as unknown as SentJson
const urlOf = ({ files: [file] }: SentJson) => file?.url ?? ''

/** What of files is in the database. */
async function kept() {
  const [row] = await run<{ files: number; chunks: number; bytes: number }>(
    database,
    `select (select count(*) from files)::int as files, (select count(*) from file_chunks)::int as chunks,
            (select coalesce(sum(bytes), 0) from file_use)::int as bytes`,
  )
  return row
}

async function collectAll() {
  while ((await collectFiles(instance.sql, instance.stores)) > 0);
}

test('several files and words are one message, and come back byte for byte', async () => {
  const files = [
    { name: 'one.bin', bytes: randomBytes(700_000) },
    { name: 'two.bin', bytes: randomBytes(limits.chunkBytes) },
    { name: 'naïve ☃.txt', bytes: 'a text\n' },
  ]
  const message = await sent(app(), ann, room, files, { body: 'look' })
  assert.is(message.body, 'look')
  assert.equal(
    message.files.map(({ name, type, size }) => [name, type, size]),
    [
      ['one.bin', 'application/octet-stream', 700_000],
      ['two.bin', 'application/octet-stream', limits.chunkBytes],
      ['naïve ☃.txt', 'text/plain; charset=utf-8', 7],
    ],
  )
  assert.equal((await last(room, ben)).files, message.files, 'as others read it')
  for (const [i, { bytes }] of files.entries()) {
    const answer = await get(message.files[i]?.url ?? '', ben)
    assert.is(answer.status, 200)
    assert.ok((await bytesOf(answer)).equals(Buffer.from(bytes)))
  }
})

test('what is in the fields counts wherever it stands in the form', async () => {
  const form = new FormData()
  form.append('file', new Blob(['words']), 'a.txt')
  form.append('body', 'behind it')
  const answer = await ask(app(), `/r/${room}/files`, { by: ann, raw: form })
  assert.is((await jsonOf<SentJson>(answer)).body, 'behind it')
})

test('a file needs no words, and stands in every form', async () => {
  const { n, body } = await sent(app(), ann, room, [{ name: 'plan.pdf', bytes: '%PDF-1.7 …' }])
  assert.is(body, '')
  const path = `/r/${room}/messages/${n}`
  assert.match(
    await (await ask(app(), path, { by: ben, form: 'text' })).text(),
    /\/files\/\w+\/plan\.pdf \(\d+ B\)\n$/,
  )
  for (const form of ['fragment', 'page'] as const) {
    const html = await (await ask(app(), path, { by: ben, form })).text()
    assert.match(
      html,
      /<a class="file" href="\/files\/\w+\/plan\.pdf" download="plan\.pdf"><bdi>plan\.pdf<\/bdi>/,
    )
  }
})

test('who waits is told of it with the message', async () => {
  const { live } = await pageOf(room, ben)
  const wait = ask(app(), `/r/${room}/messages?after=${live}&wait=10`, { by: ben })
  const message = await sent(app(), ann, room, [{ name: 'live.txt', bytes: 'now' }])
  const { events } = await jsonOf<{ events: { message: SentJson }[] }>(wait)
  assert.equal(events[0]?.message.files, message.files)
})

test('an answer quotes a message without words by its file’s name', async () => {
  const { n } = await sent(app(), ann, room, [{ name: '__init__.py', bytes: 'x' }])
  const answer = await ask(app(), `/r/${room}/messages`, {
    by: ben,
    form: 'fragment',
    fields: { body: 'nice', reply_to: String(n) },
  })
  const html = await answer.text()
  assert.match(html, /<b>ann<\/b> __init__\.py/)
})

for (const form of forms) {
  test(`in the form ${form}, sending is answered like posting, and refused alike`, async () => {
    const taken = await send(app(), ann, room, [{ name: 'f.txt', bytes: form }], {}, form)
    assert.is(taken.status, form === 'page' ? 303 : 201)
    const none = await send(app(), ann, room, [], { body: 'typed in vain' }, form)
    assert.is(none.status, 422)
    const text = await none.text()
    assert.match(text, /Choose a file first\./)
    if (form === 'page') assert.match(text, />\ntyped in vain<\/textarea>/)
  })
}

test('the same nonce again is the same message, and its files are kept once', async () => {
  const files = [{ name: 'once.txt', bytes: 'once' }]
  const first = await sent(app(), ann, room, files, { nonce: 'abc', body: 'x' })
  const again = await send(app(), ann, room, files, { nonce: 'abc', body: 'x' })
  assert.is(again.status, 200)
  assert.equal(await jsonOf(again), first)
  const others = [{ name: 'other.txt', bytes: 'other' }]
  assert.is((await send(app(), ann, room, others, { nonce: 'abc', body: 'x' })).status, 409)
  const words = await ask(app(), `/r/${room}/messages`, {
    by: ann,
    json: { nonce: 'abc', body: 'x' },
  })
  assert.is(words.status, 409)
  await collectAll()
  const [row] = await run<{ count: number }>(
    database,
    "select count(*)::int from files where name in ('once.txt', 'other.txt')",
  )
  assert.is(row?.count, 1)
})

test('a deleted message has no files, and later they are gone with their bytes', async () => {
  await collectAll()
  const before = await kept()
  const message = await sent(app(), ann, room, [{ name: 'gone.bin', bytes: randomBytes(600_000) }])
  const path = `/r/${room}/messages/${message.n}`
  assert.is((await ask(app(), path, { by: ann, method: 'DELETE' })).status, 200)
  assert.equal((await last(room, ben)).files, [])
  for (const by of [ann, ben, undefined]) assert.is((await get(urlOf(message), by)).status, 404)
  await collectAll()
  assert.is((await kept())?.files, (before?.files ?? 0) + 1, 'who deletes may take it back')
  await run(database, "update files set expires_at = now() where name = 'gone.bin'")
  await collectAll()
  assert.equal(await kept(), before)
})

test('what retention takes takes its files along, and so does a room that goes', async () => {
  await collectAll()
  const before = await kept()
  const old = await roomOf(app(), ann, 'Old')
  const message = await sent(app(), ann, old, [{ name: 'old.bin', bytes: randomBytes(300_000) }])
  await run(
    database,
    'delete from messages where room_id = (select id from rooms where slug = $1)',
    [old],
  )
  assert.is((await get(urlOf(message), ann)).status, 404)
  await sent(app(), ann, old, [{ name: 'new.bin', bytes: 'x' }])
  await run(database, 'delete from rooms where slug = $1', [old])
  await collectAll()
  assert.equal(await kept(), before)
})

test('access is asked of the room each time', async () => {
  const closed = await roomOf(app(), ann, 'Closed', 'closed')
  const message = await sent(app(), ann, closed, [{ name: 'secret.txt', bytes: 'secret' }])
  const url = urlOf(message)
  const missing = await get('/files/00000000000000000000000000000000/secret.txt', ben)
  const refused = await get(url, ben)
  assert.equal([refused.status, await refused.text()], [404, await missing.text()])
  await come(app(), ben, await linkTo(app(), ann, closed))
  assert.is((await get(url, ben)).status, 200)
  await ask(app(), `/r/${closed}/members/${ben.id}`, { by: ann, method: 'DELETE' })
  assert.is((await get(url, ben)).status, 404)
  const cat = await join(app(), 'cat')
  await come(app(), cat, await linkTo(app(), ann, closed, { history: 'from_now' }))
  assert.is((await get(url, cat)).status, 404, 'said before she came')
  const later = await sent(app(), ann, closed, [{ name: 'later.txt', bytes: 'later' }])
  assert.is((await get(urlOf(later), cat)).status, 200)
})

test('who may not write may not send, and nothing of it is taken', async () => {
  await collectAll()
  const before = await kept()
  const host = await join(app(), 'host')
  const quiet = await roomOf(app(), host, 'Quiet')
  const files = [{ name: 'no.bin', bytes: randomBytes(100_000) }]
  assert.is((await send(app(), undefined, quiet, files)).status, 401)
  assert.is((await send(app(), ann, 'nowhere', files)).status, 404)
  const put = (change: object) =>
    ask(app(), `/r/${quiet}/members/${ben.id}`, { by: host, method: 'PUT', json: change })
  await say(app(), ben, quiet, 'hello')
  await put({ muted_for: 3600 })
  assert.match((await jsonOf<ProblemJson>(send(app(), ben, quiet, files))).detail, /muted/)
  await put({ muted_for: 0, role: 'reader' })
  assert.match(
    (await jsonOf<ProblemJson>(send(app(), ben, quiet, files))).detail,
    /may read, not write/,
  )
  await put({ role: 'member' })
  await ask(app(), `/r/${quiet}`, { by: host, method: 'PATCH', json: { slow_seconds: 600 } })
  await say(app(), ann, quiet, 'first')
  assert.is((await send(app(), ann, quiet, files)).status, 429)
  await ask(app(), `/r/${quiet}`, { by: host, method: 'PATCH', json: { archived: true } })
  assert.is((await send(app(), host, quiet, files)).status, 403)
  assert.equal(await kept(), before)
})

test('who loses the right while the file comes is refused where it is stored', async () => {
  const host = await join(app(), 'host')
  const shut = await roomOf(app(), host, 'Shut')
  const boundary = 'xxx'
  const encode = (text: string) => new TextEncoder().encode(text)
  const raw = new ReadableStream<Uint8Array>({
    async start(controller) {
      const head = 'Content-Disposition: form-data; name="file"; filename="a.bin"'
      controller.enqueue(encode(`--${boundary}\r\n${head}\r\n\r\nfirst`))
      await ask(app(), `/r/${shut}`, { by: host, method: 'PATCH', json: { archived: true } })
      controller.enqueue(encode(` and last\r\n--${boundary}--\r\n`))
      controller.close()
    },
  })
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` }
  const answer = await ask(app(), `/r/${shut}/files`, { by: ann, raw, headers })
  assert.is(answer.status, 403)
  assert.equal((await pageOf(shut, host)).messages, [])
})

test('a file that is too large is refused with its name, and nothing is left of it', async () => {
  await collectAll()
  const before = await kept()
  const files = [
    { name: 'small.bin', bytes: randomBytes(1000) },
    { name: 'large.bin', bytes: randomBytes(3_000_001) },
  ]
  const answer = await send(app(), ann, room, files, { body: 'both' })
  assert.is(answer.status, 413)
  assert.match((await jsonOf<ProblemJson>(answer)).detail, /“large\.bin” is too large/)
  const many = Array.from({ length: limits.filesPerMessage + 1 }, (_, i) => ({
    name: `${i}`,
    bytes: 'x',
  }))
  assert.is((await send(app(), ann, room, many)).status, 413)
  await collectAll()
  assert.equal(await kept(), before)
})

test('a person’s files and the server’s have a bound together', async () => {
  const own = await migratedDatabase()
  const bounded = await startInstance({
    ...own.env,
    FILES_BYTES_PERSON: '1000',
    FILES_BYTES_SERVER: '1500',
  })
  try {
    const [dan, eve] = [await join(bounded.app, 'dan'), await join(bounded.app, 'eve')]
    const of = (by: Someone, bytes: number) =>
      send(bounded.app, by, 'lobby', [{ name: 'f', bytes: randomBytes(bytes) }])
    assert.is((await of(dan, 900)).status, 201)
    const over = await of(dan, 200)
    assert.equal([over.status, (await jsonOf<ProblemJson>(over)).code], [413, 'too_large'])
    const full = await of(eve, 700)
    assert.equal([full.status, (await jsonOf<ProblemJson>(full)).code], [503, 'unavailable'])
    assert.is((await of(eve, 600)).status, 201)
    assert.is((await of(eve, 1)).status, 503)
    // What is deleted makes room.
    const { messages } = await jsonOf<PageJson>(ask(bounded.app, '/r/lobby', { by: dan }))
    const path = `/r/lobby/messages/${messages[0]?.n}`
    await ask(bounded.app, path, { by: dan, method: 'DELETE' })
    await run(own, 'update files set expires_at = now() where expires_at is not null')
    while ((await collectFiles(bounded.sql, bounded.stores)) > 0);
    assert.is((await of(dan, 900)).status, 201)
  } finally {
    await bounded.stop()
    await own.drop()
  }
})

test('many collect at once, and each file goes once', async () => {
  await collectAll()
  const before = await kept()
  const ids = Array.from({ length: 60 }, () => randomBytes(16).toString('hex'))
  await run(
    database,
    `with made as (insert into files (id, room_id, uploader_id, name, store, expires_at)
       select id, 1, $2, 'left', 'database', now() from unnest($1::text[]) id returning id)
     select from made`,
    [ids, Number(ann.id)],
  )
  await run(database, "insert into file_chunks select id, 0, 'x' from unnest($1::text[]) id", [ids])
  const gone = await Promise.all(
    [1, 2, 3].map(async () => {
      let all = 0
      for (let step = 1; step > 0; all += step)
        step = await collectFiles(instance.sql, instance.stores)
      return all
    }),
  )
  assert.is(
    gone.reduce((sum, n) => sum + n, 0),
    60,
  )
  assert.equal(await kept(), before)
})

test('a range is a stretch of the very bytes', async () => {
  const bytes = randomBytes(2 * limits.chunkBytes + 1234)
  const message = await sent(app(), ann, room, [{ name: 'range.bin', bytes }])
  const url = urlOf(message)
  const tag = `"${createHash('sha256').update(bytes).digest('hex')}"`
  const size = bytes.length
  const ranges: [string, number, number][] = [
    ['bytes=0-0', 0, 1],
    ['bytes=5-', 5, size],
    ['bytes=-7', size - 7, size],
    [`bytes=-${size + 5}`, 0, size],
    [
      `bytes=${limits.chunkBytes - 1}-${limits.chunkBytes}`,
      limits.chunkBytes - 1,
      limits.chunkBytes + 1,
    ],
    [`bytes=100-${2 * limits.chunkBytes + 99}`, 100, 2 * limits.chunkBytes + 100],
    [`bytes=10-${size * 3}`, 10, size],
  ]
  for (const [range, from, to] of ranges) {
    const answer = await get(url, ben, { range })
    assert.equal(
      [answer.status, answer.headers.get('content-range')],
      [206, `bytes ${from}-${to - 1}/${size}`],
      range,
    )
    assert.is(answer.headers.get('content-length'), String(to - from))
    assert.ok((await bytesOf(answer)).equals(bytes.subarray(from, to)), range)
  }
  for (const range of [`bytes=${size}-`, 'bytes=-0']) {
    const none = await get(url, ben, { range })
    assert.equal([none.status, none.headers.get('content-range')], [416, `bytes */${size}`], range)
  }
  for (const range of ['bytes=9-3', 'bytes=0-1,5-6', 'pages=1-2', 'bytes=-', 'bytes=a-b']) {
    assert.is((await get(url, ben, { range })).status, 200, range)
  }
  assert.is((await get(url, ben, { range: 'bytes=0-1', 'if-range': tag })).status, 206)
  assert.is((await get(url, ben, { range: 'bytes=0-1', 'if-range': '"other"' })).status, 200)
  assert.is((await get(url, ben, { 'if-none-match': `"x", W/${tag}` })).status, 304)
  const head = await ask(app(), url, { by: ben, method: 'HEAD' })
  assert.equal(
    [head.status, head.headers.get('content-length'), (await bytesOf(head)).length],
    [200, String(size), 0],
  )
})

test.run()
