import type { Context } from 'hono'
import { type Asked, type Entry, identify } from '../chat/entry.ts'
import type { Person } from '../chat/people.ts'
import { notFound, Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import type { Server } from '../chat/server.ts'
import type { Sql } from '../chat/sql.ts'
import type { Uses } from '../chat/uses.ts'
import type { Writing } from '../chat/writing/queue.ts'
import { sessionCookie, sessionIn, sessionOf } from '../http/identity.ts'
import type { Pace } from '../http/pace.ts'
import { refuseForm } from '../http/refusals.ts'
import { epochOf, writeCursor } from '../live/cursor.ts'
import type { HeadsFeed } from '../live/heads.ts'
import type { Hub } from '../live/hub.ts'
import type { Known } from '../live/known.ts'

declare module 'hono' {
  interface ContextVariableMap {
    sql: Sql
    /** Who asks for which room, gathered with whoever else asks at the same time. */
    enter: (asked: Asked) => Promise<Entry>
    hub: Hub
    heads: HeadsFeed
    /** What this instance remembers of people. */
    known: Known
    /** Tells this instance and the others that a room's log, or the server's, has reached a number. */
    announce: (roomId: number, seq: number) => void
    /** The one way to the rooms' logs. */
    writing: Writing
    /** What the database says of itself; it changes when the database is replaced. */
    server: () => Server
    /** Signs the cookies. */
    secret: () => string
    /** Where the server is from outside, as the settings say it. */
    publicUrl: string | undefined
    /** Notes whose session was used. */
    uses: Uses
    pace: Pace
    /** Lets one try to sign in to an account so often. */
    signIns: Pace
    /** Whether the database answers, its schema is current, and this instance is not stopping. */
    ready: () => Promise<boolean>
  }
}

/** A handler answers, or returns why it does not. */
export type Answer = (c: Context) => Promise<Response | Refusal>

/** A refusal that a handler returns is answered in the form that was asked for. */
export const answer = (handler: Answer) => async (c: Context) => {
  const result = await handler(c).catch(throwError)
  return result instanceof Refusal ? refuseForm(c, result) : result
}

/** Hono hands `onError` Errors alone; the Neon driver rejects with its WebSocket's event. */
function throwError(reason: unknown): never {
  if (reason instanceof Error) throw reason
  const said = typeof reason === 'object' && reason !== null && 'message' in reason
  throw new Error(String(said ? reason.message : reason), { cause: reason })
}

/** Who has come into which room. */
type Entered = {
  room: Room
  person: Person | null
  session: Uint8Array | null
}

/** The same for somebody who may wait there. */
type Found = Entered & {
  /** How far the server's log was followed before they were looked up. */
  seen: number
}

/** The room of the address, and who asks; `not_found` where there is none for them. */
export async function enterRoom(c: Context): Promise<Found | Refusal> {
  // Not `c.var`: at each use it makes an object of all that is set, and every request comes by here.
  const session = sessionOf(c, c.get('secret')())
  const seen = c.get('known').moves
  const { room, person } = await c.get('enter')({ session, slug: c.req.param('room') ?? '' })
  return room ? { room, person, session, seen } : notFound('room')
}

/**
 * The same for a change that is checked once more where it is stored. Who was let in a moment ago is
 * let in by memory, so that it costs the database one statement and not two.
 */
export function enterToWrite(c: Context): Entered | Promise<Entered | Refusal> {
  if (c.req.header('authorization') !== undefined) return enterRoom(c)
  const cookie = sessionCookie(c.req.header('cookie'))
  const slug = c.req.param('room') ?? ''
  const known = c.get('known').find(cookie, slug)
  if (!known?.person) return enterUnknown(c, cookie, slug)
  c.get('uses').note(known.session)
  return known
}

async function enterUnknown(c: Context, cookie: string, slug: string): Promise<Entered | Refusal> {
  const session = sessionIn(cookie, c.get('secret')())
  const { room, person } = await c.get('known').enter(cookie, { session, slug }, c.get('enter'))
  return room ? { room, person, session } : notFound('room')
}

/** Who asks, or null for a visitor. */
export async function whoAsks(c: Context): Promise<Person | null> {
  const session = sessionOf(c, c.var.secret())
  const person = await identify(c.var.sql, session)
  if (person) c.var.uses.note(session)
  return person
}

/** A number of a room's log as its clients keep it. */
export const cursorAt = (c: Context, room: Room, seq: number): string =>
  writeCursor(epochOf(c.var.server().word, room), seq)
