import type { Context } from 'hono'
import { isAdmitted, type Standing } from '../chat/access.ts'
import { type Asked, type Entry, identify, type Visit } from '../chat/entry.ts'
import type { Stores } from '../chat/files/store.ts'
import type { FileBounds } from '../chat/files/uploads.ts'
import type { Passwords } from '../chat/passwords.ts'
import type { Person } from '../chat/people.ts'
import type { Reads } from '../chat/reads.ts'
import { notAdmitted, notFound, Refusal, signIn } from '../chat/refusal.ts'
import { listRooms, type Room, type RoomListing } from '../chat/rooms.ts'
import type { Server } from '../chat/server.ts'
import { banned } from '../chat/sessions.ts'
import type { Sql } from '../chat/sql.ts'
import type { Uses } from '../chat/uses.ts'
import type { Writing } from '../chat/writing/queue.ts'
import { type Secret, sessionCookie, sessionIn, sessionOf } from '../http/identity.ts'
import type { HeaderLogin } from '../http/login-header.ts'
import type { Pace } from '../http/pace.ts'
import type { Paces } from '../http/paces.ts'
import type { Provider } from '../http/provider.ts'
import { refuseForm } from '../http/refusals.ts'
import type { Slots } from '../http/slots.ts'
import type { Turns } from '../http/turns.ts'
import { epochOf, writeCursor } from '../live/cursor.ts'
import type { HeadsFeed } from '../live/heads.ts'
import type { Hinting } from '../live/hinting.ts'
import type { Hub } from '../live/hub.ts'
import type { Known } from '../live/known.ts'
import type { Previews } from '../media/previews.ts'

/** What sending and having files needs. */
export type Files = {
  stores: Stores
  bounds: FileBounds
  previews: Previews
  slots: Slots
  /** Told that the database has no room for more. */
  full: () => void
  /** Told how many bytes of files have gone up or down. */
  passed: (bytes: number) => void
}

declare module 'hono' {
  interface ContextVariableMap {
    sql: Sql
    /** The same database, for searching alone. */
    searchSql: Sql
    /** Who asks for which room, gathered with whoever else asks at the same time. */
    enter: (asked: Asked) => Promise<Entry>
    hub: Hub
    heads: HeadsFeed
    /** What this instance remembers of people. */
    known: Known
    /** Who types and who is here; null where instances have no way to tell each other. */
    hinting: Hinting | null
    /** Tells this instance and the others that a room's log, or the server's, has reached a number. */
    announce: (roomId: number, seq: number) => void
    /** The one way to the rooms' logs. */
    writing: Writing
    /** Hashes passwords, and compares them with stored ones. */
    passwords: Passwords
    /** What the database says of itself; it changes when the database is replaced. */
    server: () => Server
    /** Signs the cookies. */
    secret: () => Secret
    pace: Pace
    paces: Paces
    /** Searches, one after another for each who searches. */
    searches: Turns
    /** What an address is counted and barred by; empty where the runtime tells none. */
    placeOf: (c: Context) => string
    /** Lets one try to sign in to an account so often. */
    signIns: Pace
    /** The address that people use, where the settings name it. */
    publicUrl: string | undefined
    files: Files
    /** Notes whose session was used. */
    uses: Uses
    /** How far people have read. */
    reads: Reads
    /** Where people sign in by OpenID Connect. */
    provider: Provider | undefined
    /** Who asks, as a proxy says. */
    login: HeaderLogin | undefined
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
export type Entered = {
  room: Room
  person: Person | null
  standing: Standing
  session: Uint8Array | null
}

/** The same for somebody who may wait there. */
export type Found = Entered & {
  /** How far the server's log was followed before they were looked up. */
  seen: number
}

/** The room of the address, and who asks; `not_found` where there is none for them. */
export async function enterRoom(c: Context): Promise<Found | Refusal> {
  // Not `c.var`: at each use it makes an object of all that is set, and every request comes by here (and by
  // changes.ts, events.ts and messages.ts).
  const session = sessionOf(c, c.get('secret')())
  const seen = c.get('known').moves
  const entry = await c.get('enter')({ session, slug: c.req.param('room') ?? '' })
  const { room, person, standing } = entry
  return room ? { room, person, standing, session, seen } : noRoom(entry)
}

/** To whom the server is closed every room is, whether it exists or not. */
export const noRoom = ({ person, policy }: Visit): Refusal =>
  isAdmitted(person?.kind ?? 'visitor', policy) ? notFound('room') : notAdmitted(person, policy)

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
  const entry = await c.get('known').enter(cookie, { session, slug }, c.get('enter'))
  const { room, person, standing } = entry
  return room ? { room, person, standing, session } : noRoom(entry)
}

/** Who asks, and whether they may enter. */
export async function visitOf(c: Context): Promise<Visit> {
  const session = sessionOf(c, c.get('secret')())
  const visit = await identify(c.get('sql'), session)
  if (visit.person) c.get('uses').note(session)
  return visit
}

/** Who asks, or null for a visitor. */
export const whoAsks = async (c: Context): Promise<Person | null> => (await visitOf(c)).person

/** Who looks at what is everybody's here, or null for a visitor; refused where they are not let in. */
export async function visitorOf(c: Context): Promise<Person | null | Refusal> {
  const { person, isBanned, policy } = await visitOf(c)
  if (isBanned) return banned()
  return isAdmitted(person?.kind ?? 'visitor', policy) ? person : notAdmitted(person, policy)
}

/** Somebody who wants to change something: known, let in, and not banned. */
export async function whoActs(c: Context): Promise<Person | Refusal> {
  const { person, isBanned, policy } = await visitOf(c)
  if (!person) return policy === 'open' ? signIn() : notAdmitted(null, policy)
  if (isBanned) return banned()
  return isAdmitted(person.kind, policy) ? person : notAdmitted(person, policy)
}

/** The rooms that somebody may enter, with what they have not read there as this instance knows it. */
export const roomsFor = (c: Context, person: Person | null): Promise<RoomListing> =>
  listRooms(c.get('sql'), person, c.get('reads').notedOf(person))

/** A number of a room's log as its clients keep it. */
export const cursorAt = (c: Context, room: Room, seq: number): string =>
  writeCursor(epochOf(c.get('server')().word, room), seq)
