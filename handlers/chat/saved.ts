import { limits } from '../limits.ts'
import { seesRoom } from './access.ts'
import {
  aboveFloor,
  findMessage,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
} from './messages.ts'
import { notFound, Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'

/** A message that somebody keeps for later. */
export type Saved = { slug: string; room: string; message: Message; at: Date }

/** A place in that list, as clients keep it: when, in microseconds since 1970, the room's id and `n`. */
export type SavedPlace = `${number}.${number}.${number}`

type Row = MessageRow & {
  slug: string
  room: string
  saved_at: Date
  floor: number
  place: SavedPlace
}

/** @returns null for what is no place. */
export const readSavedPlace = (word: string): SavedPlace | null =>
  /^\d{1,16}\.\d{1,15}\.\d{1,15}$/.test(word) ? (word as SavedPlace) : null

/**
 * Keeps a message, or keeps it no longer; what is so already stays so.
 * @param floor of whoever does: they keep what they see alone.
 * @returns `conflict` where they keep as many as may be.
 */
export async function save(
  sql: Sql,
  { room, personId, floor }: { room: Room; personId: number; floor: number },
  n: number,
  isKept: boolean,
): Promise<Message | Refusal> {
  if (!isKept) {
    const values = [personId, room.id, n]
    await sql.query('delete from saved where person_id = $1 and room_id = $2 and n = $3', values)
  }
  const message = await findMessage(sql, room, n, floor)
  if (!message || message.deleted) return notFound('message')
  if (!isKept) return message
  if (await keep(sql, personId, room.id, n)) return message
  const isRoom = await makeRoom(sql, personId)
  return isRoom && (await keep(sql, personId, room.id, n)) ? message : tooMany()
}

/** @returns whether it is kept; not where they keep as many as may be. */
async function keep(sql: Sql, personId: number, roomId: number, n: number): Promise<boolean> {
  const { rows } = await sql.query<{ kept: boolean }>(
    `with had as (
       select count(*) < $4 as room, bool_or(room_id = $2 and n = $3) as it from saved where person_id = $1
     ), added as (
       insert into saved (person_id, room_id, n) select $1, $2, $3 from had where room
       on conflict do nothing
     )
     select room or coalesce(it, false) as kept from had`,
    [personId, roomId, n, limits.savedMessages],
  )
  return rows[0]?.kept ?? false
}

/** Lets go of what is deleted, which no list shows. @returns whether there was any */
async function makeRoom(sql: Sql, personId: number): Promise<boolean> {
  const { rows } = await sql.query(
    `delete from saved s where person_id = $1 and not exists
       (select from messages m where m.room_id = s.room_id and m.n = s.n and m.deleted_at is null)
     returning n`,
    [personId],
  )
  return rows.length > 0
}

const tooMany = () =>
  new Refusal(
    'conflict',
    `You can save ${limits.savedMessages.toLocaleString('en')} messages. Let go of one first.`,
  )

/**
 * What somebody has saved and may still read, the newest first.
 * @param before where the page before ended; null for the first page.
 * @returns also where to go on; null at the end.
 */
export async function listSaved(
  sql: Sql,
  personId: number,
  before: SavedPlace | null,
): Promise<{ saved: Saved[]; next: SavedPlace | null }> {
  const most = limits.listedSaved
  const [us = null, room = null, n = null] = before?.split('.') ?? []
  const { rows } = await sql.query<Row>(
    `select r.slug, r.name as room, s.at as saved_at, coalesce(k.floor, 0) as floor,
            (extract(epoch from s.at) * 1000000)::bigint || '.' || s.room_id || '.' || s.n as place,
            ${messageColumns}
       from saved s
       join people p on p.id = s.person_id
       join rooms r on r.id = s.room_id
       join messages m on m.room_id = s.room_id and m.n = s.n and m.deleted_at is null
       cross join lateral (select * from policy limit 1) pol
       left join lateral (select * from members where room_id = r.id and person_id = p.id) k on true
      where s.person_id = $1 and ($2::bigint is null or (s.at, s.room_id, s.n)
              < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond', $3::bigint, $4::bigint)) and m.n > coalesce(k.floor, 0)
        and exists (select from (select k.*) m where ${seesRoom})
      order by s.at desc, s.room_id desc, s.n desc limit $5`,
    [personId, us, room, n, most + 1],
  )
  const saved = rows.slice(0, most).map((row) => ({
    slug: row.slug,
    room: row.room,
    message: aboveFloor(messageFrom(row), row.floor),
    at: row.saved_at,
  }))
  return { saved, next: rows.length > most ? (rows[most - 1]?.place ?? null) : null }
}
