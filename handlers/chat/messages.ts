import { limits } from '../limits.ts'
import type { MessageFile } from './files/attaching.ts'
import { type Named, nothingNamed } from './naming.ts'
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
  /** What it answers, as that is now; null where it answers nothing, or what is not kept any more. */
  quote: Quote | null
  /** The message that its thread began with; null where it answers nothing. */
  thread: number | null
  version: number
  named: Named
  reactions: readonly Reaction[]
  pinned: boolean
  files: readonly MessageFile[]
}

/** A message as the one that answers it shows it. */
export type Quote = { n: number; author: string; deleted: boolean } & Beginning

/** How a message begins: its words, or the name of its first file where it has none. */
export type Beginning = { text: string; file: string }

/** Who gave a message the same reaction, the first of them first, under the names they had. */
export type Reaction = { emoji: string; by: readonly { id: number; name: string }[] }

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
  quote: Omit<Quote, 'n'> | null
  thread: number | null
  version: number
  named: Named | null
  reactions: Reaction[] | null
  pinned: boolean
  files: MessageFile[] | null
}

/** What a message has that answers nothing, names nobody and to which nobody has said anything. */
export const plainMessage = {
  replyTo: null,
  quote: null,
  thread: null,
  named: nothingNamed,
  reactions: [],
  pinned: false,
  files: [],
} as const satisfies Partial<Message>

/** The beginning of a message, as those who answer it show it. */
export const quoted = ({ body, files }: Pick<Message, 'body' | 'files'>): Beginning => ({
  text: beginningOf(body),
  file: body === '' ? beginningOf(files[0]?.name ?? '') : '',
})

const beginningOf = (text: string): string =>
  [...text.slice(0, limits.quoteChars * 2)].slice(0, limits.quoteChars).join('')

/** What a message answers, in SQL, as `Quote` has it. */
export const quoteOf = (room: string, n: string): string => `case when ${n} is not null then (
    select json_build_object('author', q.author_name, 'deleted', q.deleted_at is not null,
             'text', case when q.deleted_at is null then left(q.body, ${limits.quoteChars}) else '' end,
             'file', case when q.deleted_at is null and q.body = ''
               then left(coalesce(q.files->0->>'name', ''), ${limits.quoteChars}) else '' end)
      from messages q where q.room_id = ${room} and q.n = ${n}) end as quote`

const reactionsOf = `case when m.deleted_at is null then (
    select json_agg(json_build_object('emoji', e.emoji, 'by', e.by) order by e.since, e.emoji)
      from (select emoji, min(at) as since,
                   json_agg(json_build_object('id', person_id, 'name', name) order by at, person_id) as by
              from reactions where room_id = m.room_id and n = m.n group by emoji) e) end as reactions`

/** The columns that `messageFrom` reads, of a `messages` that is called `m`. */
export const messageColumns = `m.n, m.author_id, m.author_name, m.author_color, m.author_kind,
  case when m.deleted_at is null then m.body else '' end as body,
  m.at, m.edited_at, m.deleted_at, m.reply_to, m.thread, m.version,
  case when m.deleted_at is null then m.named end as named,
  case when m.deleted_at is null then m.files end as files,
  m.pinned_at is not null and m.deleted_at is null as pinned,
  ${quoteOf('m.room_id', 'm.reply_to')},
  ${reactionsOf}`

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
    quote: row.quote && row.reply_to !== null ? { n: row.reply_to, ...row.quote } : null,
    thread: row.thread,
    version: row.version,
    named: row.named ?? nothingNamed,
    reactions: row.reactions ?? [],
    pinned: row.pinned,
    files: row.files ?? [],
  }
}

/** The message for somebody who sees what has a later number alone: it quotes nothing older. */
export const aboveFloor = (message: Message, floor: number): Message =>
  isAbove(message.replyTo, floor) && isAbove(message.thread, floor)
    ? message
    : {
        ...message,
        replyTo: isAbove(message.replyTo, floor) ? message.replyTo : null,
        quote: isAbove(message.replyTo, floor) ? message.quote : null,
        thread: isAbove(message.thread, floor) ? message.thread : null,
      }

const isAbove = (n: number | null, floor: number): boolean => n === null || n > floor

/** What it takes in an answer, about, that somebody gave a reaction. */
const givenChars = 60

/** How much of an answer a message takes, in characters: its text, and who gave it which reaction. */
export const sizeOf = ({ body, reactions }: Message): number =>
  reactions.reduce((size, { by }) => size + by.length * givenChars, body.length)

/**
 * How many of these, from the first on, one answer holds: all together they stay within `most`
 * characters, but the first is given whatever its size.
 */
export function thatFit(messages: readonly (Message | null)[], most: number): number {
  let size = 0
  const over = messages.findIndex((message, i) => {
    size += message ? sizeOf(message) : 0
    return i > 0 && size > most
  })
  return over === -1 ? messages.length : over
}

export type Draft = {
  body: string
  nonce: string | null
  replyTo: number | null
  /** Ids of files that have arrived, for a message that brings any. */
  files?: readonly string[]
}

type TypedDraft = Partial<Record<'body' | 'nonce' | 'reply_to', string | undefined>>

/**
 * Checks a message's fields as they were typed or sent.
 * @param mayBeEmpty whether it may do without words, since it brings files.
 */
export function readDraft(fields: TypedDraft, mayBeEmpty = false): Draft | Refusal {
  const body = messageBody(fields.body, mayBeEmpty)
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
