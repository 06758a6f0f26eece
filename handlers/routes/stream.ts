import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import type { Sql } from '../chat/sql.ts'
import { type Cursor, continues, epochOf } from '../live/cursor.ts'
import { type Hub, tooManyWaits } from '../live/hub.ts'
import type { Batch } from '../live/log.ts'
import { once } from '../live/once.ts'
import { EventStream, GREETING, type Pipe } from '../live/stream.ts'
import { streamEvent } from '../pages/stream.ts'
import { talkFragment } from '../pages/talk.tsx'
import { batchLines, type Source, type StreamForm } from './answers.ts'
import { resetJson, waitKey } from './changes.ts'
import { cursorAt } from './context.ts'
import { type Query, readStream } from './query.ts'
import { newestPage } from './room.ts'

/** A stream of a room's changes, as it was asked for. */
export type StreamAsk = {
  room: Room
  /** The room's newest number as the request found it. */
  head: number
  epoch: string
  source: Source
  /** Where to begin; null for from now on. */
  after: Cursor | null
  form: StreamForm
  limit: number
  /** Ends the older wait of the same key. */
  key: string | undefined
}

/** The headers of a stream. The last one keeps proxies from holding it back. */
export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'private, no-store',
  vary: 'Accept, HX-Request',
  'x-accel-buffering': 'no',
} as const

/**
 * Tells a reader all that is past their cursor, however far behind they are, and then what comes,
 * until they are gone, the stream has lived long enough or the instance stops.
 * @param isGone whether the reader has left already.
 * @returns the stream that is held; null where it ended before.
 */
export async function runStream(
  { sql, hub }: { sql: Sql; hub: Hub },
  ask: StreamAsk,
  pipe: Pipe,
  isGone: () => boolean,
): Promise<EventStream | null> {
  const { room, source, form, limit } = ask
  const bytes = (batch: Batch) =>
    once(batch, `${form} ${pipe.kind}`, () => pipe.frame(batchLines(source, batch, form)))
  const stream = new EventStream(pipe, bytes, () => hub.leave(stream), ask.key)
  pipe.write(pipe.frame(GREETING))
  const reset = async (seq: number) => {
    stream.write(pipe.frame(await resetLines(sql, ask, seq)))
    return seq
  }
  let after = ask.after?.seq ?? ask.head
  if (ask.after && !continues(ask.after, ask.epoch, ask.head)) after = await reset(ask.head)
  while (!isGone()) {
    const place = { roomId: room.id, head: ask.head, after, limit }
    const batch = hub.known(place) ?? (await hub.changes(place))
    if (isGone()) break
    if (batch.events.length === 0) return hub.hold(place, stream) ? endOf(pipe) : stream
    if (batch.more && form === 'html') after = await reset(Math.max(batch.next, ask.head))
    else {
      stream.tell(batch)
      after = batch.next
    }
    await pipe.drained()
  }
  return null
}

function endOf(pipe: Pipe): null {
  pipe.end()
  return null
}

/** For a reader who cannot go on from where they are: the newest page in place of what they have. */
async function resetLines(sql: Sql, { room, source, form }: StreamAsk, seq: number) {
  const page = await newestPage(sql, room)
  const live = source.cursor(seq)
  const data =
    form === 'html'
      ? talkFragment({ room, page, live })
      : JSON.stringify(resetJson(room, page, live))
  return streamEvent({ id: live, event: 'reset', data })
}

/**
 * What changes past a cursor, as an event stream.
 * @param personId of who asks; null for a visitor.
 */
export async function showStream(
  c: Context,
  room: Room,
  personId: number | null,
  query: Query,
): Promise<Response | Refusal> {
  const reading = readStream(query, c.req.header('last-event-id'))
  if (reading instanceof Refusal) return reading
  if (c.var.hub.isFull) return tooManyWaits()
  return streamResponse(c, {
    ...reading,
    room,
    head: room.lastSeq,
    epoch: epochOf(c.var.server().word, room),
    source: { slug: room.slug, cursor: (seq) => cursorAt(c, room, seq) },
    key: waitKey(personId, reading.client),
  })
}

/** A stream in any runtime: as the body of a Web-standard response. */
function streamResponse(c: Context, ask: StreamAsk): Response {
  const { signal } = c.req.raw
  let hold: Promise<EventStream | null>
  let pipe: WebPipe
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      pipe = new WebPipe(controller)
      hold = runStream(c.var, ask, pipe, () => pipe.isOver || signal.aborted)
      hold.catch((error) => controller.error(error))
      signal.addEventListener('abort', leave)
    },
    pull: () => pipe.pulled(),
    cancel: leave,
  }
  const body = new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: 0 }))
  async function leave() {
    pipe.leave()
    const stream = await hold.catch(() => null)
    if (stream) c.var.hub.leave(stream)
  }
  return c.body(body, 200, streamHeaders)
}

const encoder = new TextEncoder()

class WebPipe implements Pipe {
  readonly kind = 'web'
  readonly #controller: ReadableStreamDefaultController<Uint8Array>
  #drained: (() => void) | undefined
  isOver = false

  constructor(controller: ReadableStreamDefaultController<Uint8Array>) {
    this.#controller = controller
  }

  frame(text: string): Uint8Array {
    return encoder.encode(text)
  }

  write(bytes: Uint8Array): number {
    if (!this.isOver) this.#controller.enqueue(bytes)
    return -(this.#controller.desiredSize ?? 0)
  }

  drained(): Promise<void> {
    if ((this.#controller.desiredSize ?? 0) >= 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained = resolve
    })
  }

  /** The reader asks for more. */
  pulled(): void {
    this.#drained?.()
    this.#drained = undefined
  }

  end(): void {
    if (!this.isOver) this.#controller.close()
    this.leave()
  }

  /** The reader is gone: nothing is written any more. */
  leave(): void {
    this.isOver = true
    this.pulled()
  }

  cut(): void {
    if (!this.isOver) this.#controller.error(new Error('The reader does not read.'))
    this.leave()
  }
}
