import type { Context } from 'hono'
import type { Stretch } from '../chat/pages.ts'
import { invalid, Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { type Cursor, readCursor } from '../live/cursor.ts'

export type Reading =
  | { of: 'page'; stretch: Stretch; limit: number }
  | { of: 'changes'; after: Cursor; waitMs: number; limit: number }

const stretches = ['before', 'from', 'around'] as const

/** What a request for messages asks for: a page, or what changed past a cursor. */
export function readReading(c: Context): Reading | Refusal {
  const limit = wholeNumber(c, 'limit', 1, limits.pageMessages, limits.pageMessagesDefault)
  const wait = wholeNumber(c, 'wait', 0, limits.waitSeconds, 0)
  if (limit instanceof Refusal) return limit
  if (wait instanceof Refusal) return wait
  const asked = [...stretches, 'after' as const].filter((name) => c.req.query(name) !== undefined)
  if (asked.length > 1) {
    return new Refusal('malformed', `Use one of ${asked.join(' and ')}, not both.`)
  }
  const after = c.req.query('after')
  if (after === undefined) return readPageOf(c, limit)
  const cursor = readCursor(after)
  if (!cursor) {
    return new Refusal('malformed', 'after is no cursor. Take the one that a page or change gave.')
  }
  return { of: 'changes', after: cursor, waitMs: wait * 1000, limit }
}

/** Which page of messages; the newest where nothing else is asked for. */
function readPageOf(c: Context, limit: number): Reading | Refusal {
  for (const from of stretches) {
    if (c.req.query(from) === undefined) continue
    const n = wholeNumber(c, from, 0, Number.MAX_SAFE_INTEGER, 0)
    if (n instanceof Refusal) return n
    return { of: 'page', stretch: { from, n }, limit }
  }
  return { of: 'page', stretch: { from: 'newest' }, limit }
}

function wholeNumber(c: Context, name: string, least: number, most: number, standard: number) {
  const text = c.req.query(name)
  if (text === undefined) return standard
  const value = Number(text)
  if (/^\d{1,16}$/.test(text) && value >= least && value <= most) return value
  return invalid({ [name]: `${name} is a whole number from ${least} to ${most}.` })
}
