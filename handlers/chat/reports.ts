import { limits } from '../limits.ts'
import { isAtLeast, type Standing } from './access.ts'
import {
  aboveFloor,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
} from './messages.ts'
import { invalid, notFound, Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'
import { characters, oneLine } from './text.ts'
import { actRefusals } from './writing/act.ts'

/** A message that somebody finds to be against what is agreed on, for the room's moderators. */
export type Report = {
  id: number
  message: Message
  by: { id: number; name: string }
  reason: string
  at: Date
}

/** Checks why a message is reported; it may be left out. */
export function readReason(text: string | undefined): string | Refusal {
  const reason = oneLine(text ?? '')
  if (characters(reason) <= limits.reasonChars) return reason
  return invalid({ reason: `A reason has at most ${limits.reasonChars} characters.` })
}

/**
 * Reports a message to the room's moderators; once more changes only the reason.
 * @returns `not_found` where there is no such message for whoever reports it; `not_allowed` in a
 *   conversation, which nobody moderates.
 */
export async function report(
  sql: Sql,
  { room, standing, personId }: { room: Room; standing: Standing; personId: number },
  n: number,
  reason: string,
): Promise<null | Refusal> {
  if (room.direct) {
    return new Refusal('not_allowed', 'Nobody moderates a conversation. Tell the server’s owner.')
  }
  const { rows } = await sql.query(
    `insert into reports (room_id, n, by_id, reason)
     select room_id, n, $3, $4 from messages
      where room_id = $1 and n = $2 and n > $5 and deleted_at is null
     on conflict (room_id, n, by_id)
        do update set reason = excluded.reason, at = now(), settled_at = null, settled_by = null
     returning id`,
    [room.id, n, personId, reason, standing.floor],
  )
  return rows[0] ? null : notFound('message')
}

/** What is reported and not settled, of what they see, the oldest first; for the room's moderators. */
export async function listReports(
  sql: Sql,
  room: Room,
  standing: Standing,
): Promise<Report[] | Refusal> {
  if (!isAtLeast(standing.role, 'moderator')) return mayNot()
  const { rows } = await sql.query<MessageRow & ReportRow>(
    `select e.id, e.reason, e.at as reported_at, p.id as by_id, p.name as by_name, ${messageColumns}
       from reports e
       join messages m on m.room_id = e.room_id and m.n = e.n
       join people p on p.id = e.by_id
      where e.room_id = $1 and e.settled_at is null and e.n > $3 order by e.id limit $2`,
    [room.id, limits.listedReports, standing.floor],
  )
  return rows.map((row) => ({
    id: row.id,
    message: aboveFloor(messageFrom(row), standing.floor),
    by: { id: row.by_id, name: row.by_name },
    reason: row.reason,
    at: row.reported_at,
  }))
}

type ReportRow = { id: number; reason: string; reported_at: Date; by_id: number; by_name: string }

/** Settles a report: a moderator has seen to it. */
export async function settleReport(
  sql: Sql,
  { room, standing, personId }: { room: Room; standing: Standing; personId: number },
  id: number,
): Promise<null | Refusal> {
  if (!isAtLeast(standing.role, 'moderator')) return mayNot()
  const { rows } = await sql.query(
    `with settled as (
       update reports set settled_at = now(), settled_by = $3
        where room_id = $1 and id = $2 and settled_at is null and n > $4 returning room_id, n, by_id
     ), audited as (
       insert into audit (by_id, room_id, action, about_id, n)
       select $3, room_id, 'report.settled', by_id, n from settled
     )
     select n from settled`,
    [room.id, id, personId, standing.floor],
  )
  return rows[0] ? null : notFound('report')
}

const mayNot = () => (actRefusals.rank ?? notFound)('room')
