import { limits } from '../../limits.ts'
import { seesRoom } from '../access.ts'
import type { Person } from '../people.ts'
import type { Sql } from '../sql.ts'

/** Rooms that somebody may read. */
export type Readable = {
  ids: number[]
  /** By id, where not all of a room is theirs: they see what has a later number alone. */
  floors: Record<string, number>
  /** Those whose people they have been among, or could have been, from the beginning on. */
  whole: number[]
  /** The part of all talk that is in these rooms, from 0 to 1. */
  share: number
  /** Messages in all rooms, whoever may read them. */
  all: number
}

type Row = { id: number; floor: number; whole: boolean; messages: number; all: number }

/**
 * The rooms that somebody may read and so search, archived ones among them.
 * @param slug that room alone.
 */
export async function readableRooms(
  sql: Sql,
  person: Person | null,
  slug: string | null,
): Promise<Readable> {
  const { rows } = await sql.query<Row>(
    `select r.id, greatest(coalesce(m.floor, 0), r.first_seq) as floor, r.messages,
            coalesce(m.floor, 0) = 0 as whole,
            (select sum(messages)::bigint from rooms) as all
       from (select * from policy limit 1) pol
       left join people p on p.id = $1
       join rooms r on $2::text is null or r.slug = $2
       left join members m on m.room_id = r.id and m.person_id = p.id
      where ${seesRoom}
      order by r.messages desc, r.id limit ${limits.searchedRooms}`,
    [person?.id ?? null, slug],
  )
  const there = rows.reduce((sum, { messages }) => sum + messages, 0)
  return {
    ids: rows.map(({ id }) => id),
    whole: rows.flatMap(({ id, whole }) => (whole ? [id] : [])),
    floors: Object.fromEntries(rows.flatMap(({ id, floor }) => (floor > 0 ? [[id, floor]] : []))),
    share: Math.min(1, there / Math.max(1, rows[0]?.all ?? 1)),
    all: rows[0]?.all ?? 0,
  }
}
