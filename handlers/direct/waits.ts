import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Standing } from '../chat/access.ts'
import type { Entry } from '../chat/entry.ts'
import type { Room } from '../chat/rooms.ts'
import { sessionIn } from '../http/identity.ts'
import { continues, epochOf } from '../live/cursor.ts'
import { type ChangesForm, roomSource } from '../routes/answers.ts'
import { runStream } from '../routes/stream.ts'
import { type AskedPoll, type AskedStream, type AskedWait, readAskedWait } from './asked.ts'
import { takeEvents } from './events.ts'
import { closeInTurn, forgetHeaders, openPipe } from './outgoing.ts'
import type { Parts } from './parts.ts'
import { DirectPoll, type Manner } from './poll.ts'

/** Who asks for which room, and the room's newest number. */
type Entered = {
  person: Entry['person']
  standing: Standing
  room: Room
  head: number
  /** How far the server's log was followed before they were looked up. */
  seen: number
}

/** Whether a stream is to begin with what must be read, past an end of the log that may have moved. */
const isBehind = ({ form, reading }: AskedWait, head: number): boolean =>
  form === 'stream' && reading.after !== null && reading.after.seq < head

/** Manners that are kept: a room has six. */
const MANNERS = 6_000

/**
 * The short way in and out of a wait under Node. A plain wait of somebody known, in a room that is
 * followed here, is read from the raw request and answered with prepared bytes; everything else,
 * and whatever is not as it should be, goes through the application, which holds waits as well.
 */
export function directWaits(parts: Parts): RequestListener {
  const waits = new DirectWaits(parts)
  return (incoming, outgoing) => waits.take(incoming, outgoing)
}

class DirectWaits {
  readonly #parts: Parts
  readonly #manners = new Map<string, Manner>()
  /** Those who were told the same ask in the same manner, one after the other. */
  #manner: Manner | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { hub, known } = this.#parts.engine
    closeInTurn(outgoing)
    const asked = readAskedWait(incoming)
    if (!asked || hub.isFull) {
      if (!takeEvents(this.#parts, incoming, outgoing)) this.#refer(outgoing)
      return
    }
    const acquaintance = known.findBy(asked.key)
    const head = acquaintance && hub.headOf(acquaintance.room.id)
    if (acquaintance && head !== undefined && !isBehind(asked, head))
      this.#begin(outgoing, asked, {
        person: acquaintance.person,
        room: acquaintance.room,
        standing: acquaintance.standing,
        head,
        seen: known.moves,
      })
    else void this.#enter(outgoing, asked)
  }

  #refer(outgoing: ServerResponse): void {
    this.#parts.application(outgoing.req, outgoing)
  }

  async #enter(outgoing: ServerResponse, asked: AskedWait): Promise<void> {
    const { engine, enter, secret } = this.#parts
    const session = sessionIn(asked.cookie, secret())
    const seen = engine.known.moves
    try {
      const who = { session, slug: asked.slug }
      const { person, room, standing } = await engine.known.enter(asked.cookie, who, enter)
      if (outgoing.destroyed) return
      if (room) this.#begin(outgoing, asked, { person, room, standing, head: room.lastSeq, seen })
      else this.#refer(outgoing)
    } catch {
      // The application meets the same trouble, and says so.
      this.#refer(outgoing)
    }
  }

  #begin(outgoing: ServerResponse, asked: AskedWait, entered: Entered): void {
    if (asked.form === 'stream') this.#stream(outgoing, asked, entered)
    else this.#poll(outgoing, asked, entered)
  }

  #poll(outgoing: ServerResponse, asked: AskedPoll, entered: Entered): void {
    const { person, room, standing, head, seen } = entered
    const { hub, server } = this.#parts.engine
    const { after, limit, waitMs, client } = asked.reading
    const epoch = epochOf(server().word, room)
    if (waitMs === 0 || !continues(after, epoch, head, room.firstSeq)) {
      this.#refer(outgoing)
      return
    }
    const manner = this.#mannerOf(room, epoch, asked)
    const who = { personId: person?.id ?? null, client, seen }
    const wait = new DirectPoll(waitMs, who, outgoing, manner)
    const { floor } = standing
    const ask = { roomId: room.id, head, after: Math.max(after.seq, floor), limit, floor }
    // Their session, or what they may see, ended while they were looked up.
    const batch = hub.refuses(who) ? undefined : hub.known(ask)
    if (batch) wait.tell(batch)
    // What is further back than the hub remembers must be read.
    else if (ask.after < head || hub.hold(ask, wait)) this.#refer(outgoing)
    else {
      forgetHeaders(outgoing.req)
      wait.leaveWithClient()
    }
  }

  /** What all polls of one room and form have in common. */
  #mannerOf({ slug }: Room, epoch: string, { form, isZipped }: AskedPoll): Manner {
    const last = this.#manner
    const isSame = last?.slug === slug && last.epoch === epoch && last.form === form
    if (isSame && last.isZipped === isZipped) return last
    const key = `${slug} ${epoch} ${form} ${isZipped}`
    this.#manner = this.#manners.get(key) ?? this.#makeManner(key, slug, epoch, form, isZipped)
    return this.#manner
  }

  #makeManner(
    key: string,
    slug: string,
    epoch: string,
    form: ChangesForm,
    isZipped: boolean,
  ): Manner {
    if (this.#manners.size >= MANNERS) this.#manners.clear()
    const { headers, engine } = this.#parts
    const refer = (outgoing: ServerResponse) => this.#refer(outgoing)
    const source = roomSource(slug, epoch)
    const kind = `direct ${form} ${isZipped}`
    const { hub } = engine
    const manner = { slug, epoch, form, isZipped, source, key: kind, headers, hub, refer }
    this.#manners.set(key, manner)
    return manner
  }

  #stream(outgoing: ServerResponse, { reading }: AskedStream, entered: Entered): void {
    const { sql, engine, headers } = this.#parts
    const { person, room, standing, head, seen } = entered
    const { socket } = outgoing
    const epoch = epochOf(engine.server().word, room)
    // A request that was sent before the last one was answered has no connection yet. And a cursor
    // of another instance may be ahead of what this one has heard: the database knows.
    if (!socket || (reading.after && !continues(reading.after, epoch, head, room.firstSeq))) {
      this.#refer(outgoing)
      return
    }
    const source = roomSource(room.slug, epoch)
    const who = { personId: person?.id ?? null, client: reading.client, seen }
    const pipe = openPipe(outgoing, socket, headers)
    const running = runStream(
      { sql, hub: engine.hub },
      { ...reading, room, head, floor: standing.floor, epoch, source: () => source, who },
      pipe,
      () => outgoing.destroyed,
    ).catch(() => {
      socket.destroy()
      return null
    })
    forgetHeaders(outgoing.req)
    outgoing.on('close', () => running.then((held) => held && engine.hub.leave(held)))
  }
}
