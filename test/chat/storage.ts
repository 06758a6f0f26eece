/** A database of a test's own, reached through either driver, and people and rooms to put into it. */
import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { type Entry, enter } from '../../handlers/chat/entry.ts'
import type { Draft } from '../../handlers/chat/messages.ts'
import { type Person, welcome } from '../../handlers/chat/people.ts'
import { Refusal } from '../../handlers/chat/refusal.ts'
import { makeRoom, type Room, type Visibility } from '../../handlers/chat/rooms.ts'
import type { Sql } from '../../handlers/chat/sql.ts'
import type { Post, Posted } from '../../handlers/chat/writing/post.ts'
import { Writing } from '../../handlers/chat/writing/queue.ts'
import { type DatabaseConfig, readConfig } from '../../handlers/config.ts'
import { type Database, openDatabase } from '../../handlers/drivers/database.ts'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type PgEnv } from '../database.ts'
import { neonProxy } from '../neon-proxy.ts'

export const drivers = ['pg', 'neon'] as const
export type DriverName = (typeof drivers)[number]

export type Storage = {
  env: PgEnv
  config: DatabaseConfig
  database: Database
  sql: Pool
  writing: Writing
  close(): Promise<void>
}

/**
 * Opens a database through a driver, Neon's by way of a WebSocket proxy.
 * @param make where the database comes from: one with the schema in it, if not given
 */
export async function openStorage(
  driver: DriverName,
  make: typeof migratedDatabase = migratedDatabase,
): Promise<Storage> {
  const { env, drop } = await make()
  const target = { host: env.PGHOST, port: Number(env.PGPORT) }
  const proxy = driver === 'neon' ? await neonProxy(target) : undefined
  const config = readConfig({ ...env, DB_DRIVER: driver, NEON_WS_PROXY: proxy?.address }).database
  const database = await openDatabase(config)
  database.onBroken(() => {})
  const writing = new Writing({ transact: database.transact, onMoved: () => {} })
  return {
    env,
    config,
    database,
    sql: database.pool,
    writing,
    async close() {
      await writing.stop()
      await database.end()
      await proxy?.stop()
      await drop()
    },
  }
}

const sessions = new WeakMap<Person, Buffer>()

/** A guest, and the key of the session that they are known by. */
export async function guest(sql: Sql, name = 'ann'): Promise<{ person: Person; session: Buffer }> {
  const session = randomBytes(32)
  const profile = { name, color: '#336699' }
  const newcomer = { address: null, link: null }
  const device = { key: session, device: 'A program' }
  const person = succeeded(await welcome(sql, profile, device, newcomer))
  sessions.set(person, session)
  return { person, session }
}

/** A room of a test's own. */
export async function newRoom(
  sql: Sql,
  maker: Person,
  visibility: Visibility = 'open',
): Promise<Room> {
  const name = `Room ${randomBytes(6).toString('hex')}`
  return succeeded(await makeRoom(sql, maker, { name, topic: '', visibility }))
}

/** Who is behind a session, and the room behind a slug if they may see it. */
export async function enterOne(sql: Sql, session: Uint8Array | null, slug: string): Promise<Entry> {
  const [entry] = await enter(sql, [{ session, slug }])
  if (!entry) throw new Error('Nothing was answered to what was asked.')
  return entry
}

/** The room as it is now, for whoever has no session. */
export async function currently(sql: Sql, room: Room): Promise<Room> {
  const { room: now } = await enterOne(sql, null, room.slug)
  if (!now) throw new Error(`There is no open room ${room.slug}.`)
  return now
}

export type Writer = Pick<Storage, 'writing'>

/** A post by a guest, as a request makes it. */
export function postBy(author: Person, room: Room, draft: Draft): Post {
  const session = sessions.get(author)
  if (!session) throw new Error(`${author.name} is no guest of these tests.`)
  return { kind: 'post', roomId: room.id, authorId: author.id, session, draft }
}

/**
 * Posts as a request does.
 * @param deadline on the clock of `performance.now()`
 */
export const post = (
  { writing }: Writer,
  author: Person,
  room: Room,
  draft: Draft,
  deadline: number = performance.now() + limits.commitMs,
) => writing.write(postBy(author, room, draft), deadline)

/** Posts a text that must be taken. */
export async function say(to: Writer, author: Person, room: Room, body: string): Promise<Posted> {
  return succeeded(await post(to, author, room, { body, nonce: null, replyTo: null }))
}

/** What a verb gave, where it was not to refuse. */
export function succeeded<T>(result: T | Refusal): T {
  if (result instanceof Refusal) throw new Error(`Refused: ${result.code}, ${result.detail}`)
  return result
}

/** The code of a verb's refusal; the test fails where it did not refuse. */
export function refusedAs(result: unknown): string {
  if (result instanceof Refusal) return result.code
  throw new Error(`Not refused: ${JSON.stringify(result)}`)
}
