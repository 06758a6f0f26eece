/** Natter in `fanout`: one backend process with its database, and guests who wait. */
import { setTimeout as sleep } from 'node:timers/promises'
import { startBackend } from '../kit/backend.ts'
import { cookiesOf, createGuest, createGuests, type Guest } from '../kit/guest.ts'
import type { Store } from '../kit/store.ts'
import { before_first, textOf } from '../waiters/marks.ts'
import type { Contestant, Serving } from './contestant.ts'
import type { Sample } from './servers/sample.ts'

type Kind = Contestant['kind']

/** After that what was asked is held. */
const until_held_ms = 500

/** A host, and those who wait: made once, known to every process that uses the database. */
export type People = { host: Guest; cookies: string[] }

/** Makes the people, on a process that is stopped again. */
export async function gather(store: Store, guests: number): Promise<People> {
  const { baseUrl, stop } = await startBackend(store.env)
  try {
    const host = await createGuest(baseUrl, 'Host')
    return { host, cookies: cookiesOf(await createGuests(baseUrl, guests)) }
  } finally {
    await stop()
  }
}

/** Natter with those who wait in one way. */
export const natter = (store: Store, people: People, kind: Kind): Contestant => ({
  name: `Natter, ${kind === 'poll' ? 'long poll' : 'event stream'}`,
  kind,
  way: kind,
  isWanted: true,
  start: () => startNatter(store, people, kind),
})

/**
 * A new process, with a new room to wait in.
 * @param doing what goes on in the room beside, at that address, until what it returns is called
 */
export async function startNatter(
  { env }: Pick<Store, 'env'>,
  { host, cookies }: People,
  kind: Kind,
  doing?: (baseUrl: string, room: string) => () => void,
): Promise<Serving> {
  const { baseUrl, pid, loop, stop } = await startBackend(env)
  const at = host.at(baseUrl)
  const room = await at.makeRoom(`Fanout ${Date.now().toString(36)}`)
  const done = doing?.(baseUrl, room)
  return {
    baseUrl,
    cookies,
    async now() {
      const cursor = await at.live(room)
      return { cursor, path: pathOf(room, cursor, kind) }
    },
    publish: async (number) => void (await at.post(room, textOf(number))),
    pids: [pid],
    collects: true,
    loop,
    async stop() {
      done?.()
      await stop()
    },
  }
}

const pathOf = (room: string, cursor: string, kind: Kind) =>
  `/r/${room}/messages?after=${cursor}&${kind === 'poll' ? 'wait=25' : 'as=html'}`

/**
 * How this Natter answers one who waits, and whether it has an event stream.
 * @returns the answers' bytes; those of the stream are made of the long poll's where it has none
 */
export async function sample(
  store: Store,
  people: People,
): Promise<{ sample: Sample; streams: boolean }> {
  const polled = await startNatter(store, people, 'poll')
  try {
    const number = before_first + 1
    const { path, cursor } = await polled.now()
    const ask = (headers: Record<string, string>, to: string) =>
      fetch(polled.baseUrl + to, {
        headers: { cookie: people.host.cookie, 'accept-encoding': 'identity', ...headers },
      })
    const answer = ask({ 'hx-request': 'true' }, path)
    const streaming = ask({ accept: 'text/event-stream' }, path.replace('wait=25', 'as=html'))
    const event = streaming.then(stream)
    await sleep(until_held_ms)
    await polled.publish(number)
    const { headers, body } = await whole(await answer)
    const next = /after=([\w.-]+)/.exec(headers.link ?? '')?.[1] ?? cursor
    const made = { headers: eventHeaders, event: `id: ${next}\n${dataLines(body)}\n` }
    const streamed = await event
    const taken = { number, cursor: next, poll: { headers, body }, stream: streamed ?? made }
    return { sample: taken, streams: streamed !== undefined }
  } finally {
    await polled.stop()
  }
}

const eventHeaders = { 'content-type': 'text/event-stream', 'cache-control': 'private, no-store' }

const dataLines = (body: string) =>
  body
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('')

/** Headers that Node puts there itself. */
const own = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])

const headersOf = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => !own.has(name)))

async function whole(response: Response): Promise<Sample['poll']> {
  return { headers: headersOf(response), body: await response.text() }
}

/** The first event of a stream that holds a message; undefined where the answer is no stream. */
async function stream(response: Response): Promise<Sample['stream'] | undefined> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return undefined
  }
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const event = text.split('\n\n').find((one) => one.includes('number-'))
    if (event !== undefined && text.includes(`${event}\n\n`)) {
      return { headers: headersOf(response), event: `${event}\n\n` }
    }
  }
  return undefined
}
