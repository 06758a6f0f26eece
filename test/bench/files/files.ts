/** What a file costs the backend that it passes through: its memory, above all. */
import { createHash, randomBytes } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { startBackend } from '../kit/backend.ts'
import { type Bench, type Context, countOf, type Report } from '../kit/bench.ts'
import { mebibytes, milliseconds } from '../kit/figures.ts'
import { createGuest, type Guest } from '../kit/guest.ts'
import { type Part, processPart, read, together } from '../kit/parts.ts'
import { openStore } from '../kit/store.ts'

const rounds = 4
const look_ms = 10
const settle_ms = 2_000
const mebibyte = 1024 * 1024

type Served = { server: string; baseUrl: string; parts: Part[]; close(): Promise<void> }
type Passage = { ms: number; grown_bytes: number; cpu_s: number }

export const files: Bench = {
  name: 'files',
  shows: 'memory of the backend while a file goes up and comes down',
  options: { mebibytes: { says: 'size of the file of files, in MiB', standard: '25' } },
  async run(context) {
    const served = process.env.BASE_URL ? await given(context) : await started()
    try {
      return await report(context, served)
    } finally {
      await served.close()
    }
  },
}

/** The backends of the server that was named: what is in front of them is none. */
async function given(context: Context): Promise<Served> {
  const { baseUrl, what, parts } = await context.target()
  const backends = parts.filter(({ name }) => /backend|server/.test(name))
  return { server: what, baseUrl, parts: backends, close: async () => {} }
}

async function started(): Promise<Served> {
  const store = await openStore()
  const backend = await startBackend(store.env).catch(async (error) => {
    await store.close()
    throw error
  })
  const close = async () => {
    await backend.stop()
    await store.close()
  }
  const parts = [processPart('backend', backend.pid)]
  return { server: `one backend, no proxy; ${store.what}`, baseUrl: backend.baseUrl, parts, close }
}

async function report(context: Context, { server, baseUrl, parts }: Served): Promise<Report> {
  const size = countOf(context, 'mebibytes') * mebibyte
  const guest = await createGuest(baseUrl, 'files')
  const room = await guest.makeRoom(`Files ${randomBytes(4).toString('hex')}`)
  // What is done for the first time is loaded and compiled, and is none of the file's.
  for (let i = 0; i < 3; i++) await passage(parts, () => upAndDown(baseUrl, guest, room, mebibyte))
  const ups: Passage[] = []
  const downs: Passage[] = []
  for (let round = 0; round < rounds; round++) {
    await sleep(settle_ms)
    let url = ''
    const bytes = randomBytes(size)
    ups.push(
      await passage(parts, async () => {
        url = await send(baseUrl, guest, room, bytes)
      }),
    )
    await sleep(settle_ms)
    downs.push(await passage(parts, () => fetched(baseUrl, guest, url, bytes)))
    context.say(`${round + 1} of ${rounds}`)
  }
  const row = (what: string, passages: Passage[]) => [
    what,
    ...passages.map(({ grown_bytes }) => mebibytes(grown_bytes)),
    milliseconds(Math.min(...passages.map(({ ms }) => ms))),
    milliseconds(1000 * Math.min(...passages.map(({ cpu_s }) => cpu_s))),
  ]
  const times = Array.from({ length: rounds }, (_, i) => `memory, round ${i + 1}`)
  return {
    server,
    tables: [
      {
        columns: [`a file of ${mebibytes(size)}`, ...times, 'least time', 'least CPU'],
        rows: [row('up', ups), row('down', downs)],
      },
    ],
    notes: [
      `How much more is resident at the most, looked at every ${look_ms} ms, than just before. Random bytes, which are compared when they have come back. Wanted: less than 16 MiB.`,
    ],
  }
}

async function upAndDown(baseUrl: string, guest: Guest, room: string, size: number): Promise<void> {
  const bytes = randomBytes(size)
  await fetched(baseUrl, guest, await send(baseUrl, guest, room, bytes), bytes)
}

/** Does something, and looks at the memory of the backends all the while. */
async function passage(parts: Part[], work: () => Promise<void>): Promise<Passage> {
  const before = together(await read(parts))
  const began_ms = performance.now()
  let most = before.memory_bytes
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      most = Math.max(most, together(await read(parts)).memory_bytes)
      await sleep(look_ms)
    }
  })()
  await work().finally(() => {
    isOver = true
  })
  const ms = performance.now() - began_ms
  await looking
  const cpu_s = together(await read(parts)).cpu_s - before.cpu_s
  return { ms, grown_bytes: most - before.memory_bytes, cpu_s }
}

/** @returns where the file is */
async function send(baseUrl: string, guest: Guest, room: string, bytes: Buffer): Promise<string> {
  const head = 'Content-Disposition: form-data; name="file"; filename="random.bin"'
  const [before, behind] = [`--b\r\n${head}\r\n\r\n`, '\r\n--b--\r\n']
  const sending = request(`${baseUrl}/r/${room}/files`, {
    method: 'POST',
    agent: false,
    headers: {
      accept: 'application/json',
      cookie: guest.cookie,
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': before.length + bytes.length + behind.length,
    },
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sending.once('response', resolve).once('error', reject)
  })
  const pieces = function* () {
    yield Buffer.from(before)
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
    yield Buffer.from(behind)
  }
  await pipeline(Readable.from(pieces()), sending)
  const answer = await answered
  const text = await new Response(Readable.toWeb(answer) as ReadableStream).text()
  if (answer.statusCode !== 201) throw new Error(`${answer.statusCode}: ${text}`)
  return JSON.parse(text).files[0].url
}

async function fetched(baseUrl: string, guest: Guest, url: string, bytes: Buffer): Promise<void> {
  const answer = await fetch(baseUrl + url, { headers: { cookie: guest.cookie } })
  const hash = createHash('sha256')
  for await (const piece of answer.body ?? []) hash.update(piece)
  const same = createHash('sha256').update(bytes).digest('hex') === hash.digest('hex')
  if (!same) throw new Error(`${answer.status}: what came back is something else.`)
}
