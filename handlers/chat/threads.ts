import { limits } from '../limits.ts'
import {
  aboveFloor,
  findMessage,
  type MessageRow,
  messageColumns,
  messageFrom,
  thatFit,
} from './messages.ts'
import type { Page } from './pages.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'

/**
 * A message and all that answers it, and what answers that, oldest first.
 * @param n any message of the thread.
 * @param from only what has this number or a later one, beside the message that it began with.
 * @returns the number that the thread began with; null where there is no such message for them.
 */
export async function readThread(
  sql: Sql,
  room: Room,
  n: number,
  { floor, from = 0 }: { floor: number; from?: number },
): Promise<{ root: number; page: Page } | null> {
  const message = await findMessage(sql, room, n, floor)
  if (!message) return null
  const root = message.thread ?? message.n
  const most = limits.pageMessages
  const { rows } = await sql.query<MessageRow>(
    `(select ${messageColumns} from messages m
       where m.room_id = $1 and m.n = $2 and m.n > $3)
     union all
     (select ${messageColumns} from messages m
       where m.room_id = $1 and m.thread = $2 and m.n > $3 and m.n <= $4 and m.n >= $5
       order by m.n limit $6)`,
    [room.id, root, floor, room.lastSeq, from, most + 1],
  )
  const found = rows.map((row) => aboveFloor(messageFrom(row), floor))
  const shown = found.slice(0, thatFit(found.slice(0, most), limits.pageChars))
  return { root, page: { messages: shown, prev: null, next: found[shown.length]?.n ?? null } }
}
