/** Files in a store that speaks S3: the same as in the database, to whoever sends and has them. */
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { collectFiles } from '../../handlers/chat/files/collecting.ts'
import { ConfigError, readConfig } from '../../handlers/config.ts'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { type S3Server, startS3 } from '../s3-server.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type ProblemJson, type Someone } from './ask.ts'
import { run } from './scene.ts'
import { bytesOf, type SentJson, send, sent } from './sending.ts'

const test = suite('files in S3')

let database: TestDatabase
let s3: S3Server
let instance: Instance
let ann: Someone

test.before(async () => {
  database = await migratedDatabase()
  s3 = await startS3()
  instance = await startInstance({ ...database.env, ...s3.env })
  ann = await join(instance.app, 'ann')
})
test.after(async () => {
  await instance.stop()
  await s3.close()
  await database.drop()
})

const sendOne = (bytes: Uint8Array) =>
  sent(instance.app, ann, 'lobby', [{ name: 'in-s3.bin', bytes }])
const get = ({ files }: SentJson, headers: Record<string, string> = {}) =>
  ask(instance.app, files[0]?.url ?? '', { by: ann, headers })

async function collectAll() {
  await run(database, 'update files set expires_at = now() where expires_at is not null')
  while ((await collectFiles(instance.sql, instance.stores)) > 0);
}

const sizes = [
  0,
  1,
  100_000,
  limits.s3PartBytes,
  limits.s3PartBytes + 1,
  2 * limits.s3PartBytes + 12_345,
]

for (const size of sizes) {
  test(`${size} bytes go there and come back, with nothing of them in the database`, async () => {
    const bytes = randomBytes(size)
    const message = await sendOne(bytes)
    assert.ok((await bytesOf(get(message))).equals(bytes))
    const [row] = await run<{ count: number }>(database, 'select count(*)::int from file_chunks')
    assert.is(row?.count, 0)
    assert.equal([...s3.uploads], [])
    assert.equal(s3.refused, [])
  })
}

test('a range is a stretch of the very bytes, over the edge of what is asked for at once', async () => {
  const bytes = randomBytes(limits.s3PartBytes + 1000)
  const message = await sendOne(bytes)
  for (const [from, to] of [
    [0, 9],
    [limits.s3PartBytes - 5, limits.s3PartBytes + 5],
    [3, limits.s3PartBytes + 900],
  ] as const) {
    const answer = await get(message, { range: `bytes=${from}-${to}` })
    assert.is(answer.status, 206)
    assert.ok((await bytesOf(answer)).equals(bytes.subarray(from, to + 1)))
  }
})

test('what is deleted is deleted there', async () => {
  const before = s3.objects.size
  const { n } = await sendOne(randomBytes(10))
  assert.is(s3.objects.size, before + 1)
  await ask(instance.app, `/r/lobby/messages/${n}`, { by: ann, method: 'DELETE' })
  await collectAll()
  assert.is(s3.objects.size, before)
})

test('where the store does not answer it is said, nothing is posted, and nothing stays', async () => {
  const before = s3.objects.size
  s3.failing = 503
  const bytes = randomBytes(limits.s3PartBytes + 10)
  const answer = await send(instance.app, ann, 'lobby', [{ name: 'away.bin', bytes }])
  assert.equal([answer.status, (await jsonOf<ProblemJson>(answer)).code], [503, 'unavailable'])
  s3.failing = 0
  await collectAll()
  assert.equal([s3.objects.size, s3.uploads.size], [before, 0])
  const { rows } = await instance.sql.query("select from files where name = 'away.bin'")
  assert.is(rows.length, 0)
})

test('parts of an upload that broke off with its process are given up with its file', async () => {
  const id = 'f'.repeat(32)
  s3.uploads.set('left/1+=', { path: `/natter/files/${id}`, parts: new Map() })
  await run(
    database,
    `insert into files (id, room_id, uploader_id, name, store, expires_at) values ($1, 1, $2, 'left', 's3', now())`,
    [id, Number(ann.id)],
  )
  await collectAll()
  assert.equal([...s3.uploads], [])
})

test('files stay where they were put when the settings change', async () => {
  const message = await sendOne(Buffer.from('in s3'))
  const later = await startInstance({ ...database.env, ...s3.env, S3_ENDPOINT: '' })
  try {
    const inDatabase = await sent(later.app, ann, 'lobby', [{ name: 'here', bytes: 'here' }])
    assert.is(String(await bytesOf(get(inDatabase))), 'here', 'both are known where S3 is')
    assert.is(String(await bytesOf(get(message))), 'in s3')
  } finally {
    await later.stop()
  }
})

test('settings that name half of a store are refused at the start', () => {
  assert.throws(
    () => readConfig({ ...s3.env, S3_BUCKET: '' }),
    (error: unknown) => error instanceof ConfigError && /S3_BUCKET/.test(error.message),
  )
  assert.throws(() => readConfig({ FILE_BYTES: '25 MiB' }), /FILE_BYTES is "25 MiB"/)
})

test.run()
