import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { sessionCookie } from '../http/identity.ts'
import { chooseForm, type Form, wantsStream } from '../http/representation.ts'
import { keyOf } from '../live/known.ts'
import { takesGzip } from '../routes/answers.ts'
import { areSame } from './request.ts'

/** What a request's headers say of who asks, and how they want to be answered. */
export type Shown = {
  raw: readonly string[]
  /** Whether there is nothing in them that is the application's to read. */
  isPlain: boolean
  cookie: string
  isZipped: boolean
  form: Form | 'stream'
  lastEventId: string | undefined
  /** What `Known` remembers them by, in the room that was asked for last. */
  known: { slug: string; key: string } | undefined
}

/** Where a connection keeps what the last request on it has shown. */
const shown = Symbol('shown')

type Connection = Socket & { [shown]?: Shown }

/**
 * Reads a request's headers. Who waits again sends the same once more, and what was read from them
 * then is right again; behind a proxy the next request may be somebody else's.
 */
export function readShown(incoming: IncomingMessage): Shown {
  const connection: Connection = incoming.socket
  const before = connection[shown]
  if (before && areSame(before.raw, incoming.rawHeaders)) return before
  const now = look(incoming.rawHeaders)
  connection[shown] = now
  return now
}

/** What `Known` remembers somebody by in a room. The same string again where it was asked before. */
export function keyIn(who: Shown, slug: string): string {
  if (who.known?.slug !== slug) who.known = { slug, key: keyOf(who.cookie, slug) }
  return who.known.key
}

function look(raw: string[]): Shown {
  const headers: Read = readHeaders(raw) ?? { connection: 'unclear' }
  const form = wantsStream(headers.accept)
    ? 'stream'
    : chooseForm(headers.accept, headers['hx-request'])
  return {
    raw,
    // Tokens are the application's to read; and whoever closes the connection is in no hurry.
    isPlain: headers.authorization === undefined && headers.connection === undefined,
    cookie: sessionCookie(headers.cookie),
    isZipped: takesGzip(headers['accept-encoding']),
    form,
    lastEventId: headers['last-event-id'],
    known: undefined,
  }
}

type Read = Partial<Record<(typeof wanted)[number] | 'connection', string>>

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
 * The headers that matter here, as they came.
 * @returns undefined where one comes twice: each is joined in a way of its own.
 */
export function readHeaders(raw: readonly string[]): Read | undefined {
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
