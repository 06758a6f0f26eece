import { limits } from '../../limits.ts'
import { dayOf } from '../days.ts'
import type { Message } from '../messages.ts'
import { aboveFloor } from '../messages.ts'
import type { Person } from '../people.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { Sql } from '../sql.ts'
import { type Compiled, partsOfWords, type Words, wholeWords, wordsOf } from './compile.ts'
import { type Excerpt, excerptOf } from './excerpt.ts'
import { findHits, type Hit } from './hits.ts'
import { type After, readAfter, writeAfter } from './place.ts'
import { readSearch, type SearchQuery } from './query.ts'
import { type Readable, readableRooms } from './rooms.ts'

/** What somebody asks for, as it came. */
export type Asked = {
  q: string
  /** A room's slug. */
  room?: string | undefined
  /** A name, or somebody's id. */
  from?: string | undefined
  /** Where to go on, as the page before said, or a day. */
  before?: string | undefined
  sort?: string | undefined
  /** The time zone that days are of, as `Europe/Berlin`; UTC where none is told. */
  zone?: string | undefined
}

export type Result = {
  message: Message
  room: { slug: string; name: string }
  excerpt: Excerpt
}

export type Found = {
  results: Result[]
  /** Where the next page begins, for `before`; null at the end. */
  next: string | null
}

const nothing: Found = { results: [], next: null }

/**
 * Finds messages that somebody may read, the newest or the best first.
 * Few messages with a word as it is are not all that is meant: then parts of words are looked for as well.
 *
 * @returns null where nothing is asked for; `invalid` for what cannot be looked for, `not_found` for a
 *   room that they may not read.
 */
export async function search(
  sql: Sql,
  person: Person | null,
  asked: Asked,
): Promise<Found | null | Refusal> {
  const query = readSearch(asked.q, asked)
  if (query === null || query instanceof Refusal) return query
  const begin = readBegin(asked)
  if (begin instanceof Refusal) return begin
  const [rooms, words] = await Promise.all([
    readableRooms(sql, person, query.room),
    wordsOf(sql, query, person),
  ])
  if (query.room !== null && rooms.ids.length === 0) return notFound('room')
  const scene: Scene = { sql, person, query, rooms, words, ...begin }
  const page = begin.after?.byParts ? nothingYet : await pageOf(scene, wholeWords(words), false)
  if (page.found.next !== null || (begin.after && !begin.after.byParts)) return page.found
  const parts = await partsOfWords(sql, words, rooms)
  return parts ? (await pageOf(scene, parts, true)).found : page.found
}

type Begin = { order: 'newest' | 'best'; after: After | null; until: Date | null }

type Scene = Begin & {
  sql: Sql
  person: Person | null
  query: SearchQuery
  rooms: Readable
  words: Words
}

const nothingYet = { found: nothing }

function readBegin({ before, sort, zone }: Asked): Begin | Refusal {
  const order = sort || 'newest'
  if (order !== 'newest' && order !== 'best') return invalid({ sort: 'sort is newest or best.' })
  if (!before) return { order, after: null, until: null }
  const until = dayOf(before, zone)
  if (until) return { order, after: null, until }
  const after = readAfter(before)
  if (after && (after.best !== null) === (order === 'best')) return { order, after, until: null }
  return new Refusal('malformed', 'before is neither a day nor what a page of this search gave.')
}

async function pageOf(
  scene: Scene,
  compiled: Compiled,
  byParts: boolean,
): Promise<{ found: Found }> {
  const { sql, person, query, rooms, order, after } = scene
  if (compiled.query === null) return nothingYet
  const hits = await findHits(sql, {
    query: compiled.query,
    text: compiled.text,
    rooms,
    person,
    past: after,
    rank: after?.best?.rank ?? null,
    order,
    from: query.after,
    until: earliest([query.before, scene.until, after?.best?.until ?? null]),
  })
  const shown = hits.slice(0, limits.searchResults)
  const last = shown.at(-1)
  const isMore = hits.length > shown.length && last !== undefined
  return {
    found: {
      results: shown.flatMap((hit) => resultOf(hit, compiled, rooms)),
      next: isMore ? writeAfter(afterOf(scene, last, byParts)) : null,
    },
  }
}

/** The best are those among what there was when the first page was asked for. */
function afterOf({ order, after }: Scene, { place, rank }: Hit, byParts: boolean): After {
  const until = after?.best?.until ?? new Date()
  return { ...place, byParts, best: order === 'best' ? { rank, until } : null }
}

function resultOf({ found, place }: Hit, { looked }: Compiled, rooms: Readable): Result[] {
  if (!found) return []
  const message = aboveFloor(found.message, rooms.floors[place.roomId] ?? 0)
  return [{ ...found, message, excerpt: excerptOf(message.body, looked) }]
}

const earliest = (days: (Date | null)[]): Date | null =>
  days.reduce((least, day) => (day && (!least || day < least) ? day : least), null)
