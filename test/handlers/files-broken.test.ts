/** Uploads that break off, over real sockets: nothing of them is shown, and nothing stays. */
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import { collectFiles } from '../../handlers/chat/files/collecting.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { ask, join, jsonOf, type PageJson, type Someone } from './ask.ts'
import { isRefused } from './expect.ts'
import { run, startInstances } from './scene.ts'
import { formWith, send, sent } from './sending.ts'
import { head, type Served, say, serveOn } from './wire.ts'

const test = suite('uploads that break off')

let served: Served
let people: Someone[]

// Before what it serves.
test.after(() => served.stop())
const { database, instance } = startInstances(test, ['instance'], { POST_BURST: '100000' })
test.before(async () => {
  served = await serveOn(instance, 'short')
  const names = Array.from({ length: limits.uploadsAtOnce }, (_, i) => `person ${i}`)
  people = await Promise.all(names.map((name) => join(instance.app, name)))
})

async function left() {
  const [row] = await run<{ files: number; chunks: number; bytes: number; fresh: number }>(
    database,
    `select (select count(*) from files)::int as files, (select count(*) from file_chunks)::int as chunks,
            (select coalesce(sum(bytes), 0) from file_use)::int as bytes,
            (select count(*) from files where expires_at > now())::int as fresh`,
  )
  return row
}

/** Begins to send 900 kB and a little, and goes away when half of it is on its way. */
async function breakOff(
  by: Someone,
  whole: Buffer,
  type: string,
  how: 'reset' | 'end',
): Promise<void> {
  const headers = {
    Cookie: by.cookie,
    'Content-Type': type,
    'Content-Length': String(whole.length),
  }
  const line = await say(served.port, head('/r/lobby/files', headers, 'POST'))
  await new Promise<void>((written) => {
    line.socket.write(whole.subarray(0, whole.length / 2), () => written())
  })
  if (how === 'reset') line.socket.resetAndDestroy()
  else line.socket.destroy()
  await line.closed
}

test('200 uploads that break off half-way leave nothing behind', async () => {
  const before = await left()
  const answer = new Response(formWith([{ name: 'half.bin', bytes: randomBytes(900_000) }]))
  const type = answer.headers.get('content-type') ?? ''
  const whole = Buffer.from(await answer.arrayBuffer())
  let most = 0
  for (let sentSoFar = 0; sentSoFar < 200; sentSoFar += people.length) {
    const some = people.slice(0, 200 - sentSoFar)
    await Promise.all(some.map((by, i) => breakOff(by, whole, type, i % 2 === 0 ? 'reset' : 'end')))
    most = Math.max(most, (await left())?.files ?? 0)
    // Those who serve them have let go.
    await until(async () => (await left())?.fresh === 0)
  }
  assert.ok(most > 0, 'they did begin')
  while ((await collectFiles(instance.sql, instance.stores)) > 0);
  assert.equal(await left(), before)
  const page = await jsonOf<PageJson>(ask(instance.app, '/r/lobby', { by: people[0] }))
  assert.equal(page.messages, [])
})

test('whoever was cut off may send again at once', async () => {
  for (const by of people) {
    const message = await sent(instance.app, by, 'lobby', [{ name: 'whole.bin', bytes: 'whole' }])
    assert.is(message.files.length, 1)
  }
})

test('one person sends so much at once, and no more', async () => {
  const [ann] = people as [Someone]
  const headers = {
    Cookie: ann.cookie,
    Accept: 'application/json',
    'Content-Type': 'multipart/form-data; boundary=b',
    'Content-Length': '1000',
  }
  const begin = async () => {
    const line = await say(served.port, head('/r/lobby/files', headers, 'POST'))
    line.socket.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx')
    return line
  }
  const lines = []
  for (let i = 0; i < limits.uploadsPerPerson; i++) lines.push(await begin())
  await until(async () => (await left())?.fresh === limits.uploadsPerPerson)
  const over = await begin()
  await until(() => over.text().includes('\r\n\r\n'))
  assert.match(over.text(), /^HTTP\/1\.1 429 /)
  for (const { socket } of [...lines, over]) socket.destroy()
  await until(async () => (await left())?.fresh === 0)
  await sent(instance.app, ann, 'lobby', [{ name: 'again', bytes: 'x' }])
})

test('a disk that gets full in the middle is said, and nothing of the file stays', async () => {
  const [ann] = people as [Someone]
  while ((await collectFiles(instance.sql, instance.stores)) > 0);
  const before = await left()
  await run(
    database,
    `create function full_disk() returns trigger language plpgsql as $$
     begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
  )
  await run(
    database,
    'create trigger full_disk before insert on file_chunks for each row when (new.part > 1) execute function full_disk()',
  )
  const large = { name: 'large.bin', bytes: randomBytes(2_000_000) }
  const response = await send(instance.app, ann, 'lobby', [large])
  await isRefused('json', response, 503, 'unavailable')
  assert.is(response.headers.get('retry-after'), String(limits.fullRetrySeconds))
  await run(database, 'drop trigger full_disk on file_chunks')
  while ((await collectFiles(instance.sql, instance.stores)) > 0);
  assert.equal(await left(), before)
  await sent(instance.app, ann, 'lobby', [{ name: 'again', bytes: 'x' }])
})

test('what a process that died has left is collected when its time is over', async () => {
  while ((await collectFiles(instance.sql, instance.stores)) > 0);
  const before = await left()
  await run(
    database,
    `insert into files (id, room_id, uploader_id, name, store, expires_at)
     values ('00000000000000000000000000000001', 1, $1, 'left', 'database', now() + interval '1 hour')`,
    [Number(people[0]?.id)],
  )
  await run(database, "insert into file_chunks values ('00000000000000000000000000000001', 0, 'x')")
  await collectFiles(instance.sql, instance.stores)
  assert.is((await left())?.files, (before?.files ?? 0) + 1, 'it may be on its way')
  await run(database, "update files set expires_at = now() where name = 'left'")
  await collectFiles(instance.sql, instance.stores)
  assert.equal(await left(), before)
})

test.run()
