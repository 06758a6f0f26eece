import { seesRoom } from '../chat/access.ts'
import type { Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import type { Marker } from './markers.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'

/** How far a room has come, for those who have another one open. */
export type Head = {
  roomId: number
  slug: string
  /** The newest number of its log. */
  last: number
  /** How many messages were posted in it. */
  messages: number
  isOpen: boolean
  /** Whether anybody was ever named in it. */
  names: boolean
  /** Who wrote the newest of its log, where that is a message: they have read all of it. */
  by: number | null
  /** The transaction that moved it. */
  moved: number
}

export type Moved = {
  /** What is told here was committed by then, and all that follows is not. */
  snapshot: Snapshot
  /** Names the table of the rooms: another after a restore. */
  origin: number
  heads: Head[]
  /** Whose markers moved, in which rooms; as many at the most as an instance remembers. */
  markers: Marker[]
}

type MovedRow = Head & {
  snapshot: string
  origin: number
  markers: [personId: number, roomId: number, moved: string][] | null
}

/**
 * The rooms whose logs have moved since a snapshot, each once, however often it moved, and the
 * markers that have.
 * @param since null for none of them: only where things stand now.
 * @param personId whose markers; null for all.
 */
export async function readMoved(
  sql: Sql,
  since: Snapshot | null,
  personId: number | null = null,
): Promise<Moved> {
  const { rows } = await sql.query<MovedRow>(
    `select now.snapshot::text, now.origin, case when row_number() over () = 1 then now.markers end as markers,
            r.id as "roomId", r.slug, r.last_seq as last, r.messages, r.visibility = 'open' as "isOpen", r.moved::text::bigint as moved,
            exists (select from mentions k where k.room_id = r.id) as names,
            (select l.by_id from log l where l.room_id = r.id and l.seq = r.last_seq
                and l.type = 'message.posted') as by
       from (select pg_current_snapshot() as snapshot, 'rooms'::regclass::oid::bigint as origin,
                    (select json_agg(json_build_array(person_id, room_id, moved::text)) from (
                       select person_id, room_id, moved from read_markers
                        where moved >= pg_snapshot_xmin($1::pg_snapshot)
                          and not pg_visible_in_snapshot(moved, $1::pg_snapshot)
                          and ($2::bigint is null or person_id = $2)
                        limit ${limits.rememberedMarkers}) k) as markers) now
       left join rooms r on r.moved >= pg_snapshot_xmin($1::pg_snapshot)
                        and not pg_visible_in_snapshot(r.moved, $1::pg_snapshot)`,
    [since?.text ?? null, personId],
  )
  const first = rows[0]
  const snapshot = first && readSnapshot(first.snapshot)
  if (!snapshot) throw new Error('The database told no snapshot.')
  return {
    snapshot,
    origin: first.origin,
    heads: rows.filter((row) => row.roomId !== null),
    markers: (first.markers ?? []).map(([person, roomId, moved]) => ({
      personId: person,
      roomId,
      moved: Number(moved),
    })),
  }
}

/** Who is in which room, and who is banned from it, as far as it matters. */
export type RoomPeople = { members: Map<number, Set<number>>; banned: Map<number, Set<number>> }

type RoomPersonRow = { room_id: number; person_id: number; banned: boolean }

/** Whose markers there are none. */
export const nobody = -1

/**
 * Who is to be told of these rooms: of closed ones who is in them, of open ones who is banned.
 * @param readers who is asked for, and nobody else.
 * @param guests those of them whom open rooms are not for by themselves: it is told which they are in.
 */
export async function readPeople(
  sql: Sql,
  heads: readonly Head[],
  readers: readonly number[],
  guests: readonly number[],
): Promise<RoomPeople> {
  const people: RoomPeople = { members: new Map(), banned: new Map() }
  if (heads.length === 0) return people
  const all = heads.map(({ roomId }) => roomId)
  const closed = heads.flatMap(({ roomId, isOpen }) => (isOpen ? [] : roomId))
  const { rows } = await sql.query<RoomPersonRow>(
    `select m.room_id, m.person_id, false as banned
       from members m
       join rooms r on r.id = m.room_id
       join people p on p.id = m.person_id
       cross join lateral (select * from policy limit 1) pol
      where (m.room_id = any($1) or (m.room_id = any($2) and m.person_id = any($4)))
        and m.person_id = any($3) and ${seesRoom}
      union all
     select room_id, person_id, true from room_bans where room_id = any($2) and person_id = any($3)`,
    [closed, all, readers, guests],
  )
  for (const { room_id, person_id, banned } of rows) {
    const rooms = banned ? people.banned : people.members
    const there = rooms.get(room_id)
    if (there) there.add(person_id)
    else rooms.set(room_id, new Set([person_id]))
  }
  return people
}
