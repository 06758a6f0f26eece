import { limits } from '../limits.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'
import { messageBody } from './text.ts'

/** A message as it is now. */
export type Message = {
  n: number
  author: Person
  /** Empty when it was deleted. */
  body: string
  at: Date
  editedAt: Date | null
  deleted: boolean
  replyTo: number | null
  version: number
}

export type MessageRow = {
  n: number
  author_id: number
  author_name: string
  author_color: string
  author_kind: Person['kind']
  body: string
  at: Date
  edited_at: Date | null
  deleted_at: Date | null
  reply_to: number | null
  version: number
}

/** The columns that `messageFrom` reads, of a `messages` that is called `m`. */
export const messageColumns = `m.n, m.author_id, m.author_name, m.author_color, m.author_kind,
  case when m.deleted_at is null then m.body else '' end as body,
  m.at, m.edited_at, m.deleted_at, m.reply_to, m.version`

export function messageFrom(row: MessageRow): Message {
  return {
    n: row.n,
    author: {
      id: row.author_id,
      name: row.author_name,
      color: row.author_color,
      kind: row.author_kind,
    },
    body: row.body,
    at: row.at,
    editedAt: row.edited_at,
    deleted: row.deleted_at !== null,
    replyTo: row.reply_to,
    version: row.version,
  }
}

/** The message for somebody who sees what has a later number alone: it quotes nothing older. */
export const aboveFloor = (message: Message, floor: number): Message =>
  message.replyTo !== null && message.replyTo <= floor ? { ...message, replyTo: null } : message

/**
 * How many of these, from the first on, one answer holds: their texts all together stay within
 * `most` characters, but the first is given whatever its size.
 */
export function thatFit(messages: readonly (Message | null)[], most: number): number {
  let size = 0
  const over = messages.findIndex((message, i) => {
    size += message?.body.length ?? 0
    return i > 0 && size > most
  })
  return over === -1 ? messages.length : over
}

export type Draft = { body: string; nonce: string | null; replyTo: number | null }

/** Checks a message's fields as they were typed or sent. */
export function readDraft(fields: {
  body?: string | undefined
  nonce?: string | undefined
  reply_to?: string | undefined
}): Draft | Refusal {
  const body = messageBody(fields.body)
  if (body instanceof Refusal) return body
  const nonce = fields.nonce || null
  if (nonce && nonce.length > limits.nonceChars) {
    return invalid({ nonce: `A nonce has at most ${limits.nonceChars} characters.` })
  }
  const reply = fields.reply_to?.trim() || null
  if (reply && !/^\d{1,15}$/.test(reply)) {
    return invalid({ reply_to: 'reply_to is the number of a message.' })
  }
  return { body, nonce, replyTo: reply === null ? null : Number(reply) }
}

/**
 * One message, or null.
 * @param room as it was when whoever asks was let in: what came after that is none.
 * @param floor of whoever asks: they see what has a later number alone.
 */
export async function findMessage(
  sql: Sql,
  room: Pick<Room, 'id' | 'lastSeq'>,
  n: number,
  floor = 0,
): Promise<Message | null> {
  if (n <= floor || n > room.lastSeq) return null
  const { rows } = await sql.query<MessageRow>(
    `select ${messageColumns} from messages m where m.room_id = $1 and m.n = $2`,
    [room.id, n],
  )
  return rows[0] ? aboveFloor(messageFrom(rows[0]), floor) : null
}
