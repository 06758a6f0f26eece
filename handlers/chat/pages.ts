import { limits } from '../limits.ts'
import {
  aboveFloor,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
  thatFit,
} from './messages.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'

/** Which part of the talk: the newest, what came before a message, from one on, around one, or from a time on. */
export type Stretch = Numbered | { from: 'since'; at: Date }

type Numbered = { from: 'newest' } | { from: 'before' | 'from' | 'around'; n: number }

/** A stretch of messages, oldest first. */
export type Page = {
  messages: Message[]
  /** For `before=`: the page of older ones; null where there are none. */
  prev: number | null
  /** For `from=`: the page of newer ones; null where the page reaches the present. */
  next: number | null
}

/**
 * Reads a page by key, never by offset: it costs the same however long the talk is. One more
 * message is read on either side than is shown, which tells whether there are any further.
 *
 * @param room as it was when whoever asks was let in: the page ends with its `lastSeq`, so that
 *   nothing is in it that came after they may have lost their access.
 * @param limit messages at the most; fewer when they are long (`limits.pageChars`).
 * @param floor they see what has a later number alone; 0 for all of it.
 */
export async function readPage(
  sql: Sql,
  room: Pick<Room, 'id' | 'lastSeq'>,
  stretch: Stretch,
  limit: number,
  floor = 0,
): Promise<Page> {
  const { pivot, below, above } = reach(await numbered(sql, room, stretch), limit)
  const { rows } = await sql.query<MessageRow>(
    `(select ${messageColumns} from messages m
       where m.room_id = $1 and m.n < $2 and m.n > $5 and m.n <= $6 order by m.n desc limit $3)
     union all
     (select ${messageColumns} from messages m
       where m.room_id = $1 and m.n >= $2 and m.n > $5 and m.n <= $6 order by m.n limit $4)
     order by n`,
    [room.id, pivot, below + 1, above + 1, floor, room.lastSeq],
  )
  const messages = rows.map((row) => aboveFloor(messageFrom(row), floor))
  const older = messages.filter((message) => message.n < pivot)
  const newer = messages.filter((message) => message.n >= pivot)
  // Nothing was said since, though something happened.
  if (newer.length === 0 && stretch.from === 'since' && pivot <= room.lastSeq)
    return readPage(sql, room, { from: 'newest' }, limit, floor)
  const down = thatFit(older.toReversed().slice(0, below), limits.pageChars)
  const up = thatFit(newer.slice(0, above), limits.pageChars)
  const shown = [...older.slice(older.length - down), ...newer.slice(0, up)]
  return {
    messages: shown,
    prev: older.length > down ? (shown[0]?.n ?? pivot) : null,
    next: newer.length > up ? (newer[up]?.n ?? null) : null,
  }
}

/** Where nothing was said since a time, the newest. */
async function numbered(
  sql: Sql,
  room: Pick<Room, 'id' | 'lastSeq'>,
  stretch: Stretch,
): Promise<Numbered> {
  if (stretch.from !== 'since') return stretch
  const n = await firstSince(sql, room, stretch.at)
  return n > room.lastSeq ? { from: 'newest' } : { from: 'from', n }
}

/** How many messages are shown on either side of message `pivot`, which counts as above. */
function reach(stretch: Numbered, limit: number) {
  if (stretch.from === 'newest') return { pivot: Number.MAX_SAFE_INTEGER, below: limit, above: 0 }
  const pivot = stretch.n
  if (stretch.from === 'before') return { pivot, below: limit, above: 0 }
  if (stretch.from === 'from') return { pivot, below: 0, above: limit }
  const half = Math.floor(limit / 2)
  return { pivot, below: half, above: limit - half }
}

/**
 * The number of the first message that was said at a time or after it, by halving the room's numbers: a few
 * looks by key, however long the talk is. A room's times rise with its numbers.
 * @returns past the end where nothing was said since.
 */
export async function firstSince(
  sql: Sql,
  room: Pick<Room, 'id' | 'lastSeq'>,
  at: Date,
): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `with recursive halved as (
       select 0::bigint as low, $2::bigint + 1 as high
       union all
       select case when isbefore then n else low end, case when isbefore then high else middle end
         from halved
         cross join lateral (select (low + high) / 2 as middle) half
         cross join lateral (
           select coalesce(n, middle) as n, coalesce(at < $3, false) as isbefore
             from (select 1) one left join lateral
               (select n, at from messages
                 where room_id = $1 and n >= middle and n < high order by n limit 1) m on true) m
        where high - low > 1
     )
     select high as n from halved order by high - low limit 1`,
    [room.id, room.lastSeq, at],
  )
  return rows[0]?.n ?? room.lastSeq + 1
}
