import type { IncomingMessage } from 'node:http'
import { Refusal } from '../chat/refusal.ts'
import { sessionCookie } from '../http/identity.ts'
import { chooseForm, wantsStream } from '../http/representation.ts'
import { type ChangesForm, takesGzip } from '../routes/answers.ts'
import {
  type Changes,
  type Query,
  readReading,
  readStream,
  type StreamReading,
} from '../routes/query.ts'

type Asker = { slug: string; cookie: string; isZipped: boolean }

export type AskedPoll = Asker & { form: ChangesForm; reading: Changes }
export type AskedStream = Asker & { form: 'stream'; reading: StreamReading }

/** A wait as it stands in a raw request. */
export type AskedWait = AskedPoll | AskedStream

const address = /^\/r\/([a-z0-9-]{1,60})\/messages\?([\w.&=-]*)$/

/**
 * Reads a plain wait.
 * @returns undefined for anything else, and for whatever is not as it should be: the application
 *   answers that, with its reasons.
 */
export function readAskedWait(incoming: IncomingMessage): AskedWait | undefined {
  if (incoming.method !== 'GET' || incoming.httpVersionMinor !== 1) return undefined
  const match = address.exec(incoming.url ?? '')
  const query = match && readQuery(match[2] ?? '')
  if (!query) return undefined
  const headers = readHeaders(incoming.rawHeaders)
  // Tokens are the application's to read; and whoever closes the connection is in no hurry.
  if (!headers || headers.authorization !== undefined || headers.connection !== undefined)
    return undefined
  const asker = {
    slug: match[1] ?? '',
    cookie: sessionCookie(headers.cookie),
    isZipped: takesGzip(headers['accept-encoding']),
  }
  if (wantsStream(headers.accept)) {
    const reading = readStream(query, headers['last-event-id'])
    return reading instanceof Refusal ? undefined : { ...asker, reading, form: 'stream' }
  }
  const form = chooseForm(headers.accept, headers['hx-request'])
  const reading = readReading(query)
  if (form === 'page' || reading instanceof Refusal || reading.of === 'page') return undefined
  return { ...asker, reading, form }
}

/** The parameters of a query that is written plainly; undefined where it is not. */
export function readQuery(text: string): Query | undefined {
  const values = new Map<string, string>()
  if (text === '') return () => undefined
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (at < 1 || values.has(name)) return undefined
    values.set(name, pair.slice(at + 1))
  }
  return (name) => values.get(name)
}

type Headers = Partial<Record<(typeof wanted)[number], string>>

const wanted = [
  'accept',
  'accept-encoding',
  'authorization',
  'cookie',
  'hx-request',
  'last-event-id',
] as const
const isWanted = new Set<string>(wanted)

/**
 * The headers that matter here, without the object of all of them, which Node makes when asked and
 * keeps for as long as a request is held.
 * @returns undefined where one comes twice: each is joined in a way of its own.
 */
export function readHeaders(raw: string[]): (Headers & { connection?: string }) | undefined {
  const headers: Record<string, string> = {}
  for (let at = 0; at < raw.length; at += 2) {
    const name = (raw[at] as string).toLowerCase()
    const value = raw[at + 1] as string
    if (isWanted.has(name)) {
      if (headers[name] !== undefined) return undefined
      headers[name] = value
    } else if (name === 'connection' && /close|upgrade/i.test(value)) headers.connection = value
  }
  return headers
}
