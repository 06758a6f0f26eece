import { limits } from '../limits.ts'
import {
  type EntryPolicy,
  type Level,
  type Role,
  roleIn,
  type Standing,
  seesRoom,
} from './access.ts'
import { gather } from './gather.ts'
import type { Person } from './people.ts'
import { type Room, type RoomRow, roomColumns, roomFrom } from './rooms.ts'
import type { Sql } from './sql.ts'

/** Who asks, and for a room's address the room, if they may see it. */
export type Entry = {
  person: Person | null
  /** Whether the server's owner has banned them: they see no room, and change nothing. */
  isBanned: boolean
  /** Who may enter the server just now. */
  policy: EntryPolicy
  /** Whether others may be told that they are here and type. */
  hints: boolean
  room: Room | null
  /** As what they stand in the room. */
  standing: Standing
}

type PersonRow = {
  person_id: number | null
  person_name: string
  person_color: string
  person_kind: Person['kind']
  banned: boolean
  hints: boolean | null
  entry: EntryPolicy
}

type EntryRow = RoomRow &
  PersonRow & { sees: boolean; role: Role | null; is_in: boolean; floor: number; level: Level }

const personColumns = `p.id as person_id, p.name as person_name, p.color as person_color,
            p.kind as person_kind, p.banned_at is not null as banned, p.hints, pol.entry`

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
 * found through what that person may see: a closed room exists for those in it alone.
 *
 * @returns an entry for each that was asked for, in their order.
 */
export async function enter(sql: Sql, asked: Asked[]): Promise<Entry[]> {
  const { rows } = await sql.query<EntryRow>(
    `select ${personColumns}, ${roomColumns}, ${seesRoom} as sees, ${roleIn} as role,
            m.person_id is not null as is_in, greatest(m.floor, r.first_seq) as floor,
            coalesce(m.level, 'everything') as level
       from unnest($1::bytea[], $2::text[]) with ordinality as asked (key, slug, place)
       cross join lateral (select * from policy limit 1) pol
       left join sessions s on s.key = asked.key and (s.expires_at is null or s.expires_at > now())
       left join people p on p.id = s.person_id
       left join rooms r on r.slug = asked.slug
       left join members m on m.room_id = r.id and m.person_id = p.id
      order by asked.place`,
    [asked.map((one) => one.session), asked.map(({ slug }) => (isSlug(slug) ? slug : null))],
  )
  return rows.map((row) => ({
    ...visitOf(row),
    room: row.sees ? roomFrom(row) : null,
    standing: row.sees ? standingFrom(row) : nowhere,
  }))
}

/** Of somebody who is in no room. */
export const nowhere: Standing = { role: null, isIn: false, floor: 0, level: 'everything' }

const standingFrom = ({ role, is_in, floor, level }: EntryRow): Standing => ({
  role,
  isIn: is_in,
  floor,
  level,
})

/** Somebody at the door: who they are, and whether they may enter. */
export type Visit = Pick<Entry, 'person' | 'isBanned' | 'policy' | 'hints'>

/** The person behind a session, if it is anybody's. */
export async function identify(sql: Sql, session: Uint8Array | null): Promise<Visit> {
  const { rows } = await sql.query<PersonRow>(
    `select ${personColumns}
       from (select * from policy limit 1) pol
       left join sessions s on s.key = $1 and (s.expires_at is null or s.expires_at > now())
       left join people p on p.id = s.person_id`,
    [session],
  )
  if (!rows[0]) throw new Error('The table "policy" holds no row: the database was not migrated.')
  return visitOf(rows[0])
}

const visitOf = (row: PersonRow): Visit => ({
  person: personFrom(row),
  isBanned: row.banned,
  policy: row.entry,
  hints: row.hints ?? false,
})

const isSlug = (text: string) => text.length <= limits.slugChars && /^[a-z0-9-]+$/.test(text)

function personFrom(row: PersonRow): Person | null {
  if (row.person_id === null) return null
  return {
    id: row.person_id,
    name: row.person_name,
    color: row.person_color,
    kind: row.person_kind,
  }
}
