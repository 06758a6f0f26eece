import type { Role } from './access.ts'
import type { Person } from './people.ts'
import type { Visibility } from './rooms.ts'
import type { Sql } from './sql.ts'

/** Of whom or what an event of a room's log tells, beside messages: as it is now. */
export type Subject =
  | { of: 'room'; name: string; topic: string; visibility: Visibility; archived: boolean }
  /** `role` is null for somebody who is not in the room any more. */
  | { of: 'member'; person: Person; role: Role | null }

type Telling = { type: string; about?: number | null }
type RoomRow = Extract<Subject, { of: 'room' }>
type MemberRow = Person & { role: Role | null }

/**
 * Looks up what events tell of.
 * @returns the subject of an event, undefined where it is gone; and how far the server's log had come
 *   when it was looked up.
 */
export async function readSubjects(
  sql: Sql,
  roomId: number,
  events: readonly Telling[],
): Promise<{ of: (event: Telling) => Subject | undefined; server: number }> {
  const ids = events.flatMap(({ about }) => about ?? [])
  const { rows: people } = await sql.query<MemberRow>(
    `select p.id, p.name, p.color, p.kind, m.role
       from people p left join members m on m.room_id = $1 and m.person_id = p.id
      where p.id = any($2)`,
    [roomId, ids],
  )
  const { rows: rooms } = await sql.query<Omit<RoomRow, 'of'> & { server: number }>(
    `select name, topic, visibility, archived, (select last_seq from server) as server
       from rooms where id = $1`,
    [roomId],
  )
  const members = new Map(people.map((row) => [row.id, memberFrom(row)]))
  const { server = 0, ...now } = rooms[0] ?? {}
  const room = rooms[0] && ({ of: 'room', ...now } as Subject)
  return {
    of: ({ type, about }) => (type === 'room.changed' ? room : members.get(about ?? 0)),
    server,
  }
}

const memberFrom = ({ role, ...person }: MemberRow): Subject => ({ of: 'member', person, role })
