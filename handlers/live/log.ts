import {
  aboveFloor,
  type Message,
  type MessageRow,
  messageColumns,
  messageFrom,
  thatFit,
} from '../chat/messages.ts'
import type { Sql } from '../chat/sql.ts'
import { readSubjects, type Subject } from '../chat/subject.ts'
import { limits } from '../limits.ts'
import type { Hint } from './hints.ts'

/** A lasting change of what a room's readers see. It carries its message as it is now. */
export type LogEvent = {
  seq: number
  type: string
  by: number
  at: Date
  message: Message | null
  /** Whom it is about, if anybody. */
  about?: number | null
  /** Of `room.changed` and `member.changed`: the room, or somebody in it, as they are now. */
  subject?: Subject | undefined
}

/** Events past a cursor, oldest first. The same object goes to all who waited for the same. */
export type Batch = {
  events: readonly LogEvent[]
  /** The number to go on from. */
  next: number
  /** Whether there are more right now. */
  more: boolean
  /** What is in no log and was said lately, for polls; streams have been told already. */
  hints?: readonly Hint[] | undefined
}

type EventRow = MessageRow & {
  server: number
  about_id: number | null
  seq: number
  type: string
  by_id: number
  event_at: Date
}

/**
 * Reads a room's log by key.
 * @param after a number; the events past it are read.
 * @param limit events at the most.
 */
export async function readLog(
  sql: Sql,
  roomId: number,
  after: number,
  limit: number,
): Promise<Read> {
  const { rows } = await sql.query<EventRow>(
    `select l.seq, l.type, l.by_id, l.at as event_at, l.about_id, ${messageColumns},
            (select last_seq from server) as server
       from log l left join messages m on m.room_id = l.room_id and m.n = l.n
      where l.room_id = $1 and l.seq > $2
      order by l.seq limit $3`,
    [roomId, after, limit + 1],
  )
  const { events, server } = await withSubjects(sql, roomId, rows.map(eventFrom))
  return { ...cut(events, after, limit), server: Math.max(server, rows[0]?.server ?? 0) }
}

/** Events that are no message's are few: what they tell of is looked up only where there are any. */
async function withSubjects(
  sql: Sql,
  roomId: number,
  events: LogEvent[],
): Promise<{ events: LogEvent[]; server: number }> {
  const others = events.filter(({ message }) => message === null)
  if (others.length === 0) return { events, server: 0 }
  const subjects = await readSubjects(sql, roomId, others)
  const whole = events.map((event) => {
    const subject = event.message === null ? subjects.of(event) : undefined
    return subject ? { ...event, subject } : event
  })
  return { events: whole, server: subjects.server }
}

/** What was read, and how far the server's log had come by then. */
export type Read = Batch & { server: number }

/** The first `limit` of these events past `after`, fewer when they are long, as a batch. */
export function cut(events: readonly LogEvent[], after: number, limit: number): Batch {
  const past = events.filter((event) => event.seq > after)
  const messages = past.slice(0, limit).map((event) => event.message)
  const shown = past.slice(0, thatFit(messages, limits.pageChars))
  return { events: shown, next: shown.at(-1)?.seq ?? after, more: past.length > shown.length }
}

/**
 * A batch for those who see what has a later number alone: they are told of no change of anything
 * older, and what quotes it looks as if it quoted nothing.
 */
export function above(batch: Batch, floor: number): Batch {
  if (floor === 0) return batch
  const events = batch.events.filter(({ message }) => message === null || message.n > floor)
  return { ...batch, events: events.map((event) => unquoted(event, floor)) }
}

function unquoted(event: LogEvent, floor: number): LogEvent {
  const message = event.message && aboveFloor(event.message, floor)
  return message === event.message ? event : { ...event, message }
}

/** Nothing past a number, for now. */
export const nothing = (after: number): Batch => ({ events: [], next: after, more: false })

/** The number that stands for the server's own log where a room's number may stand. */
export const SERVER_LOG = 0

/** Both ends of logs, by the number of their room; `SERVER_LOG` is the server's. */
export type Ends = {
  /** Their newest numbers. */
  heads: Map<number, number>
  /** What has this number or a lower one is not kept any more. */
  expired: Map<number, number>
}

/** Where the logs of these rooms end; those that are gone left out. One query, whatever their number. */
export async function readEnds(sql: Sql, roomIds: number[]): Promise<Ends> {
  const { rows } = await sql.query<{ id: number; last_seq: number; first_seq: number }>(
    `select id, last_seq, first_seq from rooms where id = any($1)
      union all select ${SERVER_LOG}, last_seq, 0 from server where ${SERVER_LOG} = any($1)`,
    [roomIds],
  )
  return {
    heads: new Map(rows.map((row) => [row.id, row.last_seq])),
    expired: new Map(rows.map((row) => [row.id, row.first_seq])),
  }
}

function eventFrom(row: EventRow): LogEvent {
  return {
    seq: row.seq,
    type: row.type,
    by: row.by_id,
    at: row.event_at,
    message: row.n === null ? null : messageFrom(row),
    about: row.about_id,
  }
}
