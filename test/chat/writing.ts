/** A queue of a test's own, whose transactions it can count, hold back and break. */
import pg from 'pg'
import type { Draft } from '../../handlers/chat/messages.ts'
import type { Person } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import type { Transact } from '../../handlers/chat/sql.ts'
import { Writing } from '../../handlers/chat/writing/queue.ts'
import { connection } from '../database.ts'
import { guest, newRoom, type Storage } from './storage.ts'

export type Queue = {
  writing: Writing
  /** Transactions so far. */
  transactions: number
  /** Called before each transaction, with its number from 1 on, and awaited. */
  before: (transaction: number) => Promise<void>
  /** Called when each transaction is committed, before anybody is told, and awaited. */
  after: (transaction: number) => Promise<void>
  /** The rooms and numbers that were told of, in their order. */
  moved: [roomId: number, seq: number][]
}

export function queueOn(transact: Transact): Queue {
  const moved: Queue['moved'] = []
  const queue: Queue = {
    writing: new Writing({
      transact: async (statements) => {
        const transaction = ++queue.transactions
        await queue.before(transaction)
        const rows = await transact(statements)
        await queue.after(transaction)
        return rows
      },
      onMoved: (roomId, seq) => moved.push([roomId, seq]),
    }),
    transactions: 0,
    before: async () => {},
    after: async () => {},
    moved,
  }
  return queue
}

/** A draft without anything but its text. */
export const draft = (body: string, more: Partial<Draft> = {}): Draft => ({
  body,
  nonce: null,
  replyTo: null,
  ...more,
})

/** An author and rooms that share a lane. */
export async function neighbours(
  { sql }: Storage,
  count: number,
): Promise<{ author: Person; rooms: Room[] }> {
  const { person: author } = await guest(sql)
  const rooms: Room[] = []
  while (rooms.length < count) {
    const room = await newRoom(sql, author)
    if (room.id % 2 === 0) rooms.push(room)
  }
  return { author, rooms }
}

/** Keeps rooms locked on a connection of its own, until it is told to let go. */
export async function lock({ env }: Storage, rooms: readonly Room[]): Promise<() => Promise<void>> {
  const client = new pg.Client(connection(env))
  await client.connect()
  await client.query('begin')
  await client.query('select from rooms where id = any($1) for update', [rooms.map(({ id }) => id)])
  return () => client.end()
}

/** The connection that waits for a lock, as soon as there is one. */
export async function lockedOut({ sql }: Storage): Promise<number> {
  for (;;) {
    const { rows } = await sql.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows[0]) return rows[0].pid
  }
}
