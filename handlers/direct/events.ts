import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refusal } from '../chat/refusal.ts'
import { sessionCookie, sessionIn } from '../http/identity.ts'
import { wantsStream } from '../http/representation.ts'
import { epochOf } from '../live/cursor.ts'
import { runEvents } from '../routes/events-stream.ts'
import { type EventsReading, readEvents } from '../routes/query.ts'
import type { Viewer } from '../routes/viewer.ts'
import { readQuery } from './asked.ts'
import { forgetHeaders, openPipe } from './outgoing.ts'
import type { Parts } from './parts.ts'
import { readHeaders } from './shown.ts'

type AskedEvents = { cookie: string; reading: EventsReading }

const address = /^\/me\/events(?:\?([\w.&=-]*))?$/

/**
 * The short way of the stream that each browser holds: the raw connection takes what would
 * otherwise pass through a Web stream, which costs several times as much.
 * @returns whether it was taken; otherwise the application answers.
 */
export function takeEvents(
  parts: Parts,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): boolean {
  if (parts.engine.hub.isFull || !outgoing.socket) return false
  const asked = readAskedEvents(incoming)
  if (!asked) return false
  stream(parts, outgoing, asked).catch(() => outgoing.destroy())
  return true
}

function readAskedEvents(incoming: IncomingMessage): AskedEvents | undefined {
  if (incoming.method !== 'GET' || incoming.httpVersionMinor !== 1) return undefined
  const match = address.exec(incoming.url ?? '')
  const query = match && readQuery(match[1] ?? '')
  if (!query) return undefined
  const headers = readHeaders(incoming.rawHeaders)
  if (!headers || headers.authorization !== undefined || headers.connection !== undefined)
    return undefined
  if (!wantsStream(headers.accept)) return undefined
  const reading = readEvents(query, headers['last-event-id'])
  return reading instanceof Refusal ? undefined : { cookie: sessionCookie(headers.cookie), reading }
}

async function stream(parts: Parts, outgoing: ServerResponse, asked: AskedEvents): Promise<void> {
  const { sql, engine, headers, application } = parts
  const viewer = await enter(parts, asked).catch(() => undefined)
  if (outgoing.destroyed) return
  // A room that is not there, or a database that is away: the application says so.
  if (!viewer || !outgoing.socket) {
    application(outgoing.req, outgoing)
    return
  }
  const pipe = openPipe(outgoing, outgoing.socket, headers)
  const live = { sql, hub: engine.hub, heads: engine.heads }
  const held = await runEvents(live, viewer, asked.reading, pipe, () => outgoing.destroyed)
  if (!held) return
  forgetHeaders(outgoing.req)
  if (outgoing.destroyed) engine.hub.leave(held)
  else outgoing.on('close', () => engine.hub.leave(held))
}

async function enter(parts: Parts, { cookie, reading }: AskedEvents): Promise<Viewer | undefined> {
  const session = sessionIn(cookie, parts.secret())
  const seen = parts.engine.known.moves
  const entry = await parts.enter({ session, slug: reading.open ?? '' })
  const { person, policy, hints, room, standing, isBanned } = entry
  // Who is not let in, or opens what is not for them, is told why by the application.
  if (isBanned || (!room && (reading.open !== undefined || policy !== 'open'))) return undefined
  const origin = room ?? (await parts.engine.heads.now())
  return {
    person,
    policy,
    hints,
    room,
    floor: standing.floor,
    seen,
    epoch: epochOf(parts.engine.server().word, origin),
  }
}
