import { limits } from '../limits.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import { brokenConstraint, type Sql } from './sql.ts'
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

/** What became of a post: the message, and whether this call stored it. */
export type Posted = { message: Message; created: boolean }

/**
 * Stores a message as the next event of its room's log, in one statement and so in one
 * transaction. The row lock on the room makes numbers gapless and visible in order.
 *
 * The same author's same nonce and body again is the first message (`created: false`); with
 * another body it is a `conflict`.
 */
export async function post(
  sql: Sql,
  author: Person,
  room: Room,
  draft: Draft,
): Promise<Posted | Refusal> {
  try {
    const { rows } = await sql.query<MessageRow>(
      `with room as (
         update rooms set last_seq = last_seq + 1
          where id = $1 and not archived
            and ($8::bigint is null or exists (select from messages where room_id = $1 and n = $8))
         returning id, last_seq
       ), m as (
         insert into messages
           (room_id, n, author_id, author_name, author_color, author_kind, body, nonce, reply_to)
         select id, last_seq, $2, $3, $4, $5, $6, $7, $8 from room
         returning *
       ), event as (
         insert into log (room_id, seq, type, by_id, n, at)
         select room_id, n, 'message.posted', author_id, n, at from m
       )
       select ${messageColumns} from m`,
      [
        room.id,
        author.id,
        author.name,
        author.color,
        author.kind,
        draft.body,
        draft.nonce,
        draft.replyTo,
      ],
    )
    const row = rows[0]
    return row
      ? { message: messageFrom(row), created: true }
      : ((await settle(sql, author, room, draft)) ?? whyNot(sql, room, draft))
  } catch (error) {
    // The unique index, not a look beforehand, decides: two copies of a post may arrive at once.
    if (brokenConstraint(error) !== 'messages_nonce') throw error
    const settled = await settle(sql, author, room, draft)
    if (settled) return settled
    throw error
  }
}

/** The answer to a nonce that is already taken; null where it is not. */
async function settle(sql: Sql, author: Person, room: Room, draft: Draft) {
  if (draft.nonce === null) return null
  const { rows } = await sql.query<MessageRow & { same: boolean }>(
    `select ${messageColumns}, m.body = $4 as same from messages m
      where m.room_id = $1 and m.author_id = $2 and m.nonce = $3`,
    [room.id, author.id, draft.nonce, draft.body],
  )
  const row = rows[0]
  if (!row) return null
  if (row.same) return { message: messageFrom(row), created: false }
  return new Refusal(
    'conflict',
    'This nonce was used for another text. Send the new text with a new nonce.',
  )
}

/** Why the room took no message: archived meanwhile, or an answer to nothing. */
async function whyNot(sql: Sql, room: Room, draft: Draft): Promise<Refusal> {
  const { rows } = await sql.query<{ archived: boolean }>(
    'select archived from rooms where id = $1',
    [room.id],
  )
  if (rows[0]?.archived === false) {
    return invalid({ reply_to: `There is no message ${draft.replyTo} here to answer.` })
  }
  return new Refusal('not_allowed', 'This room is archived: it can be read, not written to.')
}

/** One message, or null. */
export async function findMessage(sql: Sql, room: Room, n: number): Promise<Message | null> {
  const { rows } = await sql.query<MessageRow>(
    `select ${messageColumns} from messages m where m.room_id = $1 and m.n = $2`,
    [room.id, n],
  )
  return rows[0] ? messageFrom(rows[0]) : null
}
