import { limits } from '../../limits.ts'
import { seesRoom } from '../access.ts'
import { type Message, type MessageRow, messageColumns, messageFrom } from '../messages.ts'
import type { Person } from '../people.ts'
import { titleOf } from '../rooms.ts'
import type { Sql } from '../sql.ts'
import type { Place } from './place.ts'
import type { Readable } from './rooms.ts'

/** What is looked for, and where. */
export type Wanted = {
  /** A `tsquery`, as text. */
  query: string
  /** What of it ranks; empty where nothing does. */
  text: string
  rooms: Readable
  person: Person | null
  /** Past this place in the order; null from its beginning on. */
  past: Place | null
  /** Past this rank: the best are looked for. */
  rank: string | null
  order: 'newest' | 'best'
  from: Date | null
  until: Date | null
}

/** A message that was found. It is null where it was changed or lost since the search has seen it. */
export type Hit = {
  place: Place
  rank: string
  found: { message: Message; room: { slug: string; name: string } } | null
}

type Row = MessageRow & {
  hit_at: Date
  hit_room: number
  hit_n: number
  rank: string
  /** Messages that were found, before the best of them were taken. */
  candidates: number
  slug: string | null
  title: string
}

/**
 * Finds messages: one more than are shown, if there are so many.
 *
 * Of a word that many messages have, the newest few are found by looking through the messages from the
 * newest on; of a word that few have, all of them by the index, and then they are put in order. Which of
 * the two is less work the planner's own estimate says. Where looking through has not come to enough after
 * a while, it is the index all the same.
 */
export async function findHits(sql: Sql, wanted: Wanted): Promise<Hit[]> {
  const { ids, share, all } = wanted.rooms
  if (ids.length === 0) return []
  const enough = wanted.order === 'best' ? limits.searchRanked : limits.searchResults + 1
  const matches = await estimate(sql, wanted)
  // A single room is gone through by itself, all others with what is in between.
  const visible = ids.length === 1 ? 1 : share
  const walk = Math.ceil((enough * all) / Math.max(1, matches * visible))
  if (walk < Math.min(matches, limits.searchWalked)) {
    const most = Math.min(4 * walk + 100, limits.searchWalked)
    const rows = await read(sql, wanted, (bind) => walked(wanted, bind, enough, most))
    if ((rows[0]?.candidates ?? 0) >= enough) return rows.map(hitFrom)
  }
  const rows = await read(sql, wanted, (bind) => indexed(wanted, bind, enough))
  return rows.map(hitFrom)
}

/** How many messages match, as the planner believes. */
async function estimate(sql: Sql, { query }: Wanted): Promise<number> {
  const { rows } = await sql.query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    'explain (format json) select from search where words @@ $1::tsquery',
    [query],
  )
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

/** Gives a value to a statement; what stands for it there. */
type Bind = (value: unknown) => string

/** What no index is to be used for, of a `search` that is called `s`. */
const isReadable = ({ rooms }: Wanted, bind: Bind): string =>
  `s.room_id = any(${bind(rooms.ids)}::bigint[])
    and s.n > coalesce((${bind(JSON.stringify(rooms.floors))}::jsonb ->> s.room_id::text)::bigint, 0)`

/** Where to begin: past a place, where the order is by time. */
const beginning = ({ order, past }: Wanted): Place | null => (order === 'newest' ? past : null)

/** By looking through the newest. A single room is gone through by its own numbers. */
function walked(wanted: Wanted, bind: Bind, enough: number, most: number): string {
  const { rooms, from, until } = wanted
  const past = beginning(wanted)
  const [only] = rooms.ids.length === 1 ? rooms.ids : []
  const bounds = [
    ...(from ? [`at >= ${bind(from)}`] : []),
    ...(until ? [`at < ${bind(until)}`] : []),
    ...(only === undefined ? [] : [`room_id = ${bind(only)}`]),
    ...(past ? [pastPlace(past, bind, only)] : []),
  ]
  const order = only === undefined ? 'at desc, room_id desc, n desc' : 'n desc'
  return `select s.* from (select * from search where ${bounds.join(' and ') || 'true'}
       order by ${order} limit ${bind(most)}) s
     where s.words @@ ${bind(wanted.query)}::tsquery and ${isReadable(wanted, bind)}
     limit ${bind(enough)}`
}

const pastPlace = ({ at, roomId, n }: Place, bind: Bind, only: number | undefined): string =>
  only === roomId
    ? `n < ${bind(n)}`
    : `(at, room_id, n) < (${bind(at)}, ${bind(roomId)}, ${bind(n)})`

/**
 * By the index of words. The sum keeps the planner from going by time, message for message, where it
 * takes a word for more frequent than it is.
 */
function indexed(wanted: Wanted, bind: Bind, enough: number): string {
  const { from, until } = wanted
  const past = beginning(wanted)
  const at = "(s.at + interval '0')"
  const bounds = [
    ...(from ? [`${at} >= ${bind(from)}`] : []),
    ...(until ? [`${at} < ${bind(until)}`] : []),
    ...(past
      ? [`(${at}, s.room_id, s.n) < (${bind(past.at)}, ${bind(past.roomId)}, ${bind(past.n)})`]
      : []),
  ]
  const conditions = [
    `s.words @@ ${bind(wanted.query)}::tsquery`,
    isReadable(wanted, bind),
    ...bounds,
  ]
  return `select s.* from search s where ${conditions.join(' and ')}
     order by ${at} desc, s.room_id desc, s.n desc limit ${bind(enough)}`
}

/**
 * Reads messages as they are now, for whoever may read them now: the index is a second behind, and
 * somebody may have lost a room since it was looked up.
 * @param how to find them, at the most so many that all of them can be ranked.
 */
async function read(sql: Sql, wanted: Wanted, how: (bind: Bind) => string): Promise<Row[]> {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const { order, past, rank, text, person } = wanted
  const by = order === 'best' ? 'rank desc, ' : ''
  const ranks = order === 'best' && text !== ''
  const picked = how(bind)
  const { rows } = await sql.query<Row>(
    `with picked as materialized (${picked}
     ), ranked as (
       select picked.room_id, picked.n, picked.at, picked.version, count(*) over () as candidates,
              ${ranks ? `ts_rank(picked.words, ${bind(text)}::tsquery, 1)` : '0::float4'} as rank
         from picked
     ), hits as materialized (
       select * from ranked
        where ${rank !== null && past ? `(rank, at, room_id, n) < (${bind(rank)}::float4, ${bind(past.at)}, ${bind(past.roomId)}, ${bind(past.n)})` : 'true'}
        order by ${by} at desc, room_id desc, n desc limit ${limits.searchResults + 1}
     ), seen as materialized (
       select h.room_id, h.n, h.version, r.slug, ${titleOf} as title
         from hits h cross join (select * from policy limit 1) pol
         left join people p on p.id = ${bind(person?.id ?? null)}
         join rooms r on r.id = h.room_id
         left join members m on m.room_id = r.id and m.person_id = p.id
        where ${seesRoom} and h.n > greatest(coalesce(m.floor, 0), r.first_seq)
     )
     select h.at as hit_at, h.room_id as hit_room, h.n as hit_n, h.rank::text as rank, h.candidates,
            case when m.n is not null then seen.slug end as slug, seen.title, ${messageColumns}
       from hits h left join seen on seen.room_id = h.room_id and seen.n = h.n
       left join messages m on m.room_id = seen.room_id and m.n = seen.n
         and m.version = seen.version and m.deleted_at is null
      order by ${by === '' ? '' : 'h.rank desc, '}hit_at desc, hit_room desc, hit_n desc`,
    values,
  )
  return rows
}

const hitFrom = (row: Row): Hit => ({
  place: { at: row.hit_at, roomId: row.hit_room, n: row.hit_n },
  rank: row.rank,
  found:
    row.slug === null
      ? null
      : { message: messageFrom(row), room: { slug: row.slug, name: row.title } },
})
