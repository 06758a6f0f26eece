import type { Sql } from '../chat/sql.ts'
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
  /** The transaction that moved it. */
  moved: number
}

export type Moved = {
  /** What is told here was committed by then, and all that follows is not. */
  snapshot: Snapshot
  /** Names the table of the rooms: another after a restore. */
  origin: number
  heads: Head[]
}

type MovedRow = Head & { snapshot: string; origin: number }

/**
 * The rooms whose logs have moved since a snapshot, each once, however often it moved.
 * @param since null for none of them: only where things stand now.
 */
export async function readMoved(sql: Sql, since: Snapshot | null): Promise<Moved> {
  const { rows } = await sql.query<MovedRow>(
    `select now.snapshot::text, now.origin, r.id as "roomId", r.slug, r.last_seq as last, r.messages,
            r.visibility = 'open' as "isOpen", r.moved::text::bigint as moved
       from (select pg_current_snapshot() as snapshot, 'rooms'::regclass::oid::bigint as origin) now
       left join rooms r on r.moved >= pg_snapshot_xmin($1::pg_snapshot)
                        and not pg_visible_in_snapshot(r.moved, $1::pg_snapshot)`,
    [since?.text ?? null],
  )
  const first = rows[0]
  const snapshot = first && readSnapshot(first.snapshot)
  if (!snapshot) throw new Error('The database told no snapshot.')
  return { snapshot, origin: first.origin, heads: rows.filter((row) => row.roomId !== null) }
}

/** Who is a member of which of these rooms. */
export async function readMembers(sql: Sql, roomIds: number[]): Promise<Map<number, Set<number>>> {
  const members = new Map<number, Set<number>>()
  if (roomIds.length === 0) return members
  const { rows } = await sql.query<{ room_id: number; person_id: number }>(
    'select room_id, person_id from members where room_id = any($1)',
    [roomIds],
  )
  for (const { room_id, person_id } of rows) {
    const people = members.get(room_id)
    if (people) people.add(person_id)
    else members.set(room_id, new Set([person_id]))
  }
  return members
}
