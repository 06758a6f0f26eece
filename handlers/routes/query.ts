import { timeOf } from '../chat/days.ts'
import type { Stretch } from '../chat/pages.ts'
import { invalid, Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { type Cursor, readCursor } from '../live/cursor.ts'
import { readSnapshotWord, type Snapshot } from '../live/snapshot.ts'

export type Reading = { of: 'page'; stretch: Stretch; limit: number } | Changes

export type Changes = {
  of: 'changes'
  after: Cursor
  waitMs: number
  limit: number
  /** The word by which a tab or program ends its own older waits. */
  client: string | undefined
}

/** A parameter of the address's query. */
export type Query = (name: string) => string | undefined

const stretches = ['before', 'from', 'around'] as const

/** What a request for messages asks for: a page, or what changed past a cursor. */
export function readReading(query: Query): Reading | Refusal {
  const limit = wholeNumber(query, 'limit', 1, limits.pageMessages, limits.pageMessagesDefault)
  const wait = wholeNumber(query, 'wait', 0, limits.waitSeconds, 0)
  if (limit instanceof Refusal) return limit
  if (wait instanceof Refusal) return wait
  const asked = [...stretches, 'date' as const, 'after' as const].filter(
    (name) => query(name) !== undefined,
  )
  if (asked.length > 1) {
    return new Refusal('malformed', `Use one of ${asked.join(' and ')}, not both.`)
  }
  const after = query('after')
  if (after === undefined) return readPageOf(query, limit)
  const cursor = readPlace(after)?.cursor
  if (!cursor) return noCursor()
  const client = readClient(query)
  if (client instanceof Refusal) return client
  return { of: 'changes', after: cursor, waitMs: wait * 1000, limit, client }
}

export const noCursor = (): Refusal =>
  new Refusal('malformed', 'after is no cursor. Take the one that a page or change gave.')

export type StreamReading = {
  /** Where to begin; null for from now on. */
  after: Cursor | null
  form: 'json' | 'html'
  limit: number
  client: string | undefined
}

/**
 * What a request for an event stream asks for.
 * @param lastEventId where the stream that broke had come to: it goes on from there.
 */
export function readStream(query: Query, lastEventId?: string): StreamReading | Refusal {
  const begin = lastEventId || query('after')
  const after = begin === undefined ? null : (readPlace(begin)?.cursor ?? null)
  if (begin !== undefined && !after) return noCursor()
  const form = readForm(query)
  if (form instanceof Refusal) return form
  const client = readClient(query)
  if (client instanceof Refusal) return client
  return { after, form, limit: streamLimit(form), client }
}

/** Events that a stream tells at once: of a page that has missed more, the newest take their place. */
export const streamLimit = (form: StreamReading['form']): number =>
  form === 'html' ? limits.pageMessagesDefault : limits.pageMessages

/** A place in all that a person sees: in the open room's log, and among the other rooms' heads. */
export type Place = { cursor: Cursor; since: Snapshot | null }

export type EventsReading = {
  /** The room that is open, if one is. */
  open: string | undefined
  /** Where to begin; null for from now on. */
  after: Place | null
  waitMs: number
  limit: number
  form: StreamReading['form']
  client: string | undefined
}

/** What a request for all that a person sees asks for, as a stream or not. */
export function readEvents(query: Query, lastEventId?: string): EventsReading | Refusal {
  const limit = wholeNumber(query, 'limit', 1, limits.pageMessages, limits.pageMessagesDefault)
  if (limit instanceof Refusal) return limit
  const wait = wholeNumber(query, 'wait', 0, limits.waitSeconds, 0)
  if (wait instanceof Refusal) return wait
  const begin = lastEventId || query('after')
  const after = begin === undefined ? null : readPlace(begin)
  if (begin !== undefined && !after) return noCursor()
  const form = readForm(query)
  if (form instanceof Refusal) return form
  const client = readClient(query)
  if (client instanceof Refusal) return client
  return { open: query('open') || undefined, after, waitMs: wait * 1000, limit, form, client }
}

/**
 * Each cursor does in place of the other: with a room's own the heads from now on are told, and of
 * one that holds both places a room takes its own.
 */
function readPlace(text: string): Place | null {
  const [word = '', since, more] = text.split('_')
  const cursor = readCursor(word)
  if (!cursor || more !== undefined) return null
  if (since === undefined) return { cursor, since: null }
  const snapshot = readSnapshotWord(since)
  return snapshot && { cursor, since: snapshot }
}

function readForm(query: Query): StreamReading['form'] | Refusal {
  const form = query('as') ?? 'json'
  return form === 'json' || form === 'html' ? form : invalid({ as: 'as is json or html.' })
}

/** A word that a tab or program picks for itself. */
export function readClient(query: Query): string | undefined | Refusal {
  const client = query('client')
  if (client === undefined || client === '') return undefined
  if (/^[\w.-]+$/.test(client) && client.length <= limits.clientChars) return client
  const most = `${limits.clientChars} letters, digits, "-", "_" and "."`
  return invalid({ client: `client is a word of at most ${most}.` })
}

/** Which page of messages; the newest where nothing else is asked for. */
function readPageOf(query: Query, limit: number): Reading | Refusal {
  const date = query('date')
  if (date !== undefined) {
    const at = timeOf(date)
    if (!at) {
      const says = 'date is a day, such as 2026-03-31, or a time, such as 2026-03-31T00:00+02:00.'
      return invalid({ date: says })
    }
    return { of: 'page', stretch: { from: 'since', at }, limit }
  }
  for (const from of stretches) {
    if (query(from) === undefined) continue
    const n = wholeNumber(query, from, 0, Number.MAX_SAFE_INTEGER, 0)
    if (n instanceof Refusal) return n
    return { of: 'page', stretch: { from, n }, limit }
  }
  return { of: 'page', stretch: { from: 'newest' }, limit }
}

function wholeNumber(query: Query, name: string, least: number, most: number, standard: number) {
  const text = query(name)
  if (text === undefined) return standard
  const value = Number(text)
  if (/^\d{1,16}$/.test(text) && value >= least && value <= most) return value
  return invalid({ [name]: `${name} is a whole number from ${least} to ${most}.` })
}
