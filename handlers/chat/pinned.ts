import { limits } from '../limits.ts'
import {
  aboveFloor,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
} from './messages.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'

/**
 * A room's pinned messages, the one that was pinned last first.
 * @param floor of whoever asks: they see what has a later number alone.
 */
export async function listPinned(
  sql: Sql,
  room: Pick<Room, 'id' | 'lastSeq'>,
  floor: number,
): Promise<Message[]> {
  const { rows } = await sql.query<MessageRow>(
    `select ${messageColumns} from messages m
      where m.room_id = $1 and m.pinned_at is not null and m.deleted_at is null
        and m.n > $2 and m.n <= $3
      order by m.pinned_at desc limit $4`,
    [room.id, floor, room.lastSeq, limits.pinsOfRoom],
  )
  return rows.map((row) => aboveFloor(messageFrom(row), floor))
}
