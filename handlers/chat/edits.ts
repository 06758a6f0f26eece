import { isAtLeast, type Standing } from './access.ts'
import { findMessage, type Message } from './messages.ts'
import { notFound, Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'

/** What a message said for a time. */
export type Version = { version: number; body: string; at: Date }

/** Who looks at what a message said before. */
type Reader = { room: Room; personId: number; standing: Standing }

/**
 * What a message said, the present version first; for its author and the room's moderators. Of a
 * message that was deleted nobody is told anything.
 */
export async function listVersions(
  sql: Sql,
  { room, personId, standing }: Reader,
  n: number,
): Promise<{ message: Message; versions: Version[] } | Refusal> {
  const message = await findMessage(sql, room, n, standing.floor)
  if (!message || message.deleted) return notFound('message')
  const moderates = isAtLeast(standing.role, 'moderator') && !room.direct
  if (message.author.id !== personId && !moderates) return notYours()
  const { rows } = await sql.query<Version>(
    `select e.version, e.body, e.at from edits e
       join messages m on m.room_id = e.room_id and m.n = e.n and m.deleted_at is null
      where e.room_id = $1 and e.n = $2 and e.version < $3 order by e.version desc`,
    [room.id, n, message.version],
  )
  const { version, body, at, editedAt } = message
  return { message, versions: [{ version, body, at: editedAt ?? at }, ...rows] }
}

const notYours = () =>
  new Refusal('not_allowed', 'What a message said before is for its author and the moderators.')
