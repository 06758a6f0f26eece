import { limits } from '../limits.ts'
import { gather } from './gather.ts'
import type { Person } from './people.ts'
import { type Room, type RoomRow, roomColumns, roomFrom } from './rooms.ts'
import type { Sql } from './sql.ts'

/** Who asks, and for a room's address the room, if they may see it. */
export type Entry = { person: Person | null; room: Room | null }

type EntryRow = RoomRow & {
  person_id: number | null
  person_name: string
  person_color: string
  person_kind: Person['kind']
}

export type Asked = {
  /** The stored key of a session, or null for somebody who shows none. */
  session: Uint8Array | null
  /** A room's slug as it came in the address; any text. */
  slug: string
}

/** `enter` for one, gathered with whoever else asks at the same time. */
export const gatherEntries = (sql: Sql): ((asked: Asked) => Promise<Entry>) =>
  gather((asked: Asked[]) => enter(sql, asked), {
    most: limits.entriesAtOnce,
    atOnce: limits.entryStatements,
  })

/**
 * Finds the person behind each session and the room behind each slug, in one statement. A room is
 * found through what that person may see: a closed room exists for its members alone.
 *
 * @returns an entry for each that was asked for, in their order.
 */
export async function enter(sql: Sql, asked: Asked[]): Promise<Entry[]> {
  const { rows } = await sql.query<EntryRow>(
    `select p.id as person_id, p.name as person_name, p.color as person_color, p.kind as person_kind,
            ${roomColumns}
       from unnest($1::bytea[], $2::text[]) with ordinality as asked (key, slug, place)
       left join sessions s on s.key = asked.key and (s.expires_at is null or s.expires_at > now())
       left join people p on p.id = s.person_id
       left join rooms r on r.slug = asked.slug
            and (r.visibility = 'open'
                 or exists (select from members m where m.room_id = r.id and m.person_id = p.id))
      order by asked.place`,
    [asked.map((one) => one.session), asked.map(({ slug }) => (isSlug(slug) ? slug : null))],
  )
  return rows.map((row) => ({
    person: personFrom(row),
    room: row.id === null ? null : roomFrom(row),
  }))
}

/** The person behind a session, or null. */
export async function identify(sql: Sql, session: Uint8Array | null): Promise<Person | null> {
  if (!session) return null
  const { rows } = await sql.query<EntryRow>(
    `select p.id as person_id, p.name as person_name, p.color as person_color, p.kind as person_kind
       from sessions s join people p on p.id = s.person_id
      where s.key = $1 and (s.expires_at is null or s.expires_at > now())`,
    [session],
  )
  return rows[0] ? personFrom(rows[0]) : null
}

const isSlug = (text: string) => text.length <= limits.slugChars && /^[a-z0-9-]+$/.test(text)

function personFrom(row: EntryRow): Person | null {
  if (row.person_id === null) return null
  return {
    id: row.person_id,
    name: row.person_name,
    color: row.person_color,
    kind: row.person_kind,
  }
}
