/** Programs that talk to the server at `BASE_URL`, each request on a connection of its own. */
import { randomBytes } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'

/** An answer as it came over the wire. */
export type Answer = {
  status: number
  headers: IncomingMessage['headers']
  text: string
}

/** A request; `cookie` is what an answer gave, `signal` ends it from this side. */
export type Asked = {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  cookie?: string
  signal?: AbortSignal
}

/** Somebody with a cookie. */
export type Guest = {
  id: string
  name: string
  cookie: string
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Says something in a room; rejects when it is refused. @returns the message's number */
  say(room: string, text: string): Promise<number>
}

/** Where the server is, without a slash at the end. */
export const baseUrl = (process.env.BASE_URL ?? '').replace(/\/+$/, '')

/** Asks the server on a new connection, which lets a proxy pick any of its replicas. */
export function ask(path: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, cookie, signal } = asked
  const all = { ...headers, ...(cookie ? { cookie } : {}), ...lengthOf(body) }
  return new Promise((resolve, reject) => {
    const options = { method, headers: all, agent: false, ...(signal ? { signal } : {}) }
    const sent = request(`${baseUrl}${path}`, options, (answer) => {
      read(answer).then(resolve, reject)
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

const lengthOf = (body: string | Uint8Array | undefined): Record<string, string> =>
  body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }

async function read(answer: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return { status: answer.statusCode ?? 0, headers: answer.headers, text }
}

/** The headers of a request that sends and gets JSON. */
export const jsonHeaders = { accept: 'application/json', 'content-type': 'application/json' }

/** Fields as a JSON body, to be answered in JSON. */
export const json = (fields: object, method = 'POST'): Asked => ({
  method,
  headers: jsonHeaders,
  body: JSON.stringify(fields),
})

/** Fields as a form's body. */
export const form = (fields: Record<string, string>, headers = {}): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})

/**
 * Becomes a guest.
 * @param color `#rrggbb`
 */
export async function guest(name = `guest-${word()}`, color = '#3366cc'): Promise<Guest> {
  const answer = await ask('/me', json({ name, color }, 'PATCH'))
  const { id } = expectStatus(answer, 200)
  const cookie = cookieOf(answer)
  const asGuest = (path: string, asked: Asked = {}) => ask(path, { cookie, ...asked })
  return {
    id: String(id),
    name,
    cookie,
    ask: asGuest,
    async say(room, text) {
      const said = await asGuest(`/r/${room}/messages`, json({ body: text }))
      return Number(expectStatus(said, 201).n)
    },
  }
}

/** The cookie that an answer sets, as a browser would send it back. */
export function cookieOf(answer: Answer): string {
  const [cookie = ''] = answer.headers['set-cookie'] ?? []
  return cookie.split(';')[0] ?? ''
}

/**
 * Makes an open room under a name that nobody has.
 * @returns its slug
 */
export async function freshRoom(maker: Guest, name = `Room ${word()}`): Promise<string> {
  const answer = await maker.ask('/rooms', json({ name }))
  return expectStatus(answer, 201).room.slug
}

/** A word that no other test has. */
export const word = (): string => randomBytes(5).toString('hex')

/** A message in JSON, as far as tests look at it. */
export type MessageJson = {
  n: number
  body: string
  author: { id: string; name: string }
  reply_to: number | null
}

/** All messages of a room, oldest first; for rooms of up to 200. */
export async function messagesOf(room: string): Promise<MessageJson[]> {
  const headers = { accept: 'application/json' }
  const answer = await ask(`/r/${room}/messages?limit=200`, { headers })
  return expectStatus(answer, 200).messages
}

/** An answer's JSON; throws with what it says when it is another status. */
export function expectStatus(answer: Answer, status: number) {
  if (answer.status === status) return JSON.parse(answer.text)
  throw new Error(`${answer.status} in place of ${status}: ${answer.text.slice(0, 500)}`)
}
