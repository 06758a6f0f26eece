import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import { isStorable } from '../chat/text.ts'
import { limits } from '../limits.ts'
import { isIn, type Networks } from '../networks.ts'
import { peerOf } from './address.ts'

/**
 * Who asks, as the proxy in front says by a header.
 * @returns null where none of its own says anything; `malformed` where it cannot be read.
 */
export type HeaderLogin = (c: Context) => string | Refusal | null

/** A header, and the proxies that it is believed from. */
export type LoginHeader = { name: string; proxies: Networks }

/**
 * Believes a header from the proxies that are named, and from nobody else.
 */
export function believeHeader({ name, proxies }: LoginHeader): HeaderLogin {
  return (c) => {
    const value = c.req.header(name)
    if (!value || !isIn(proxies, peerOf(c))) return null
    return readSubject(value)
  }
}

function readSubject(value: string): string | Refusal | null {
  if (value.length > BYTES_MAX) return unreadable()
  const subject = decoded(value)?.normalize('NFKC').trim()
  if (subject === '') return null
  if (subject === undefined || subject.length > limits.loginHeaderChars) return unreadable()
  // With a comma it is two headers: a proxy that adds its own lets through what anybody sent.
  return isStorable(subject) && !/[\p{Cc},]/u.test(subject) ? subject : unreadable()
}

const BYTES_MAX = 4 * limits.loginHeaderChars

/** HTTP hands over bytes, and proxies write UTF-8. */
function decoded(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'))
  } catch {
    return undefined
  }
}

const unreadable = () =>
  new Refusal(
    'malformed',
    'What your sign-in says of you cannot be read. Ask whoever runs this server.',
  )
