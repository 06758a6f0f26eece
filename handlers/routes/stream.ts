import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import type { Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Cursor, continues, epochOf } from '../live/cursor.ts'
import type { Hub } from '../live/hub.ts'
import type { Batch } from '../live/log.ts'
import { once } from '../live/once.ts'
import { tooManyWaits } from '../live/refusals.ts'
import { EventStream, GREETING, type Pipe } from '../live/stream.ts'
import type { Stream, Waiter } from '../live/wait.ts'
import { WebPipe } from '../live/web-pipe.ts'
import { streamEvent } from '../pages/stream.ts'
import { talkFragment } from '../pages/talk.tsx'
import { batchLines, roomSource, type Source, type StreamForm } from './answers.ts'
import { type Reader, resetJson } from './changes.ts'
import { type Query, readStream } from './query.ts'
import { newestPage } from './room.ts'

/** A stream of a room's changes, as it was asked for. */
export type StreamAsk = {
  room: Room
  /** The room's newest number as the request found it. */
  head: number
  /** They see what has a later number alone; 0 for all of it. */
  floor: number
  epoch: string
  /** How cursors are written, as it is when something is told. */
  source: () => Source
  /** Where to begin; null for from now on. */
  after: Cursor | null
  form: StreamForm
  limit: number
  who: Waiter
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
 * @param begin comes between the greeting and what is past the cursor.
 * @returns the stream that is held; null where it ended before.
 */
export async function runStream(
  { sql, hub }: { sql: Sql; hub: Hub },
  ask: StreamAsk,
  pipe: Pipe,
  isGone: () => boolean,
  begin?: (stream: EventStream) => Promise<void>,
): Promise<EventStream | null> {
  const { room, form, limit, floor } = ask
  const stream = new EventStream(pipe, bytesFor(ask, pipe), () => hub.leave(stream), ask.who)
  stream.at = ask.after?.seq ?? ask.head
  try {
    pipe.write(pipe.frame(GREETING))
    await begin?.(stream)
    const reset = async (seq: number) => {
      const lines = await resetLines(sql, ask, seq)
      // The head may be what a bell told, past the end of what they may see.
      await hub.settled()
      if (hub.refuses(ask.who)) return seq
      stream.at = seq
      stream.write(pipe.frame(lines))
      await drained(pipe)
      return seq
    }
    let after = Math.max(ask.after?.seq ?? ask.head, floor)
    if (ask.after && !continues(ask.after, ask.epoch, ask.head, room.firstSeq))
      after = await reset(ask.head)
    while (!isGone()) {
      const place = { roomId: room.id, head: ask.head, after, limit, floor }
      const batch = hub.known(place) ?? (await hub.changes(place))
      if (isGone()) break
      if (hub.refuses(ask.who)) return endOf(pipe)
      if (batch.events.length === 0) return hub.hold(place, stream) ? endOf(pipe) : stream
      if (batch.more && form === 'html') after = await reset(Math.max(batch.next, ask.head))
      else {
        stream.tell(batch)
        after = batch.next
        await drained(pipe)
      }
    }
    return null
  } finally {
    // Who watches for it (live/heads.ts) is to know that it never began.
    if (!stream.group) hub.leave(stream)
  }
}

/** Waits until a reader has taken what was written; one who never does is cut. */
async function drained(pipe: Pipe): Promise<void> {
  const late = setTimeout(() => pipe.cut(), limits.streamDrainMs)
  await pipe.drained()
  clearTimeout(late)
}

const bytesFor =
  ({ source, form }: StreamAsk, pipe: Pipe) =>
  (batch: Batch): Uint8Array => {
    const now = source()
    return once(batch, `${form} ${pipe.kind}${now.key}`, () =>
      pipe.frame(batchLines(now, batch, form)),
    )
  }

function endOf(pipe: Pipe): null {
  pipe.end()
  return null
}

/** For a reader who cannot go on from where they are: the newest page in place of what they have. */
async function resetLines(sql: Sql, { room, floor, source, form }: StreamAsk, seq: number) {
  const page = await newestPage(sql, { ...room, lastSeq: seq }, floor)
  const { cursor, path } = source()
  const live = cursor(seq)
  const data =
    form === 'html'
      ? talkFragment({ room, page, live, next: path(live) })
      : JSON.stringify(resetJson(room, page, live))
  return streamEvent({ id: live, event: 'reset', data })
}

/**
 * What changes past a cursor, as an event stream.
 * @param reader who asks; the word of their own is in what they ask for.
 */
export async function showStream(
  c: Context,
  room: Room,
  { who, floor }: Reader,
  query: Query,
): Promise<Response | Refusal> {
  const reading = readStream(query, c.req.header('last-event-id'))
  if (reading instanceof Refusal) return reading
  if (c.var.hub.isFull) return tooManyWaits()
  const epoch = epochOf(c.var.server().word, room)
  const source = roomSource(room.slug, epoch)
  const waiter = { ...who, client: reading.client }
  const place = { room, head: room.lastSeq, floor, epoch }
  const ask = { ...reading, ...place, source: () => source, who: waiter }
  return streamResponse(c, (pipe, isGone) => runStream(c.var, ask, pipe, isGone))
}

/**
 * A stream in any runtime: as the body of a Web-standard response.
 * @param run tells what there is; it gives the stream that is held, or null where it ended before.
 */
export function streamResponse(
  c: Context,
  run: (pipe: Pipe, isGone: () => boolean) => Promise<Stream | null>,
): Response {
  const { signal } = c.req.raw
  let running: Promise<Stream | null>
  let pipe: WebPipe
  const leave = async () => {
    pipe.end()
    const stream = await running.catch(() => null)
    if (stream) c.var.hub.leave(stream)
  }
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      pipe = new WebPipe(controller)
      running = run(pipe, () => pipe.isOver || signal.aborted)
      running.catch((error) => controller.error(error))
      signal.addEventListener('abort', leave)
      endWithToken(c, leave)
    },
    pull: () => pipe.pulled(),
    cancel: leave,
  }
  const body = new ReadableStream(source, new ByteLengthQueuingStrategy({ highWaterMark: 0 }))
  return c.body(body, 200, streamHeaders)
}

/**
 * A stream ends with the token that it was asked for by. One that outlives the stream needs no
 * timer, since that ends by itself; and a timer that is left over finds nothing to end.
 */
function endWithToken(c: Context, end: () => void): void {
  const left = (c.var.token?.expiresAt.getTime() ?? Number.POSITIVE_INFINITY) - Date.now()
  if (left < limits.streamMs) setTimeout(end, left).unref()
}
