import type { Context } from 'hono'
import type { Sql } from '../chat/sql.ts'
import { type HeadsFeed, isNothing, type News, type ToldHead, type Watcher } from '../live/heads.ts'
import type { Hub } from '../live/hub.ts'
import { once } from '../live/once.ts'
import type { Snapshot } from '../live/snapshot.ts'
import { EventStream, GREETING, type Pipe } from '../live/stream.ts'
import type { Waiter } from '../live/wait.ts'
import { headJson, readJson } from '../pages/heads.tsx'
import { streamEvent } from '../pages/stream.ts'
import type { Source } from './answers.ts'
import { type EventsReading, streamLimit } from './query.ts'
import { runStream, streamResponse } from './stream.ts'
import { eventsSource, goesOn, readerOf, type Viewer, waiterOf } from './viewer.ts'

type Live = { sql: Sql; hub: Hub; heads: HeadsFeed }

/** All that a person sees, as an event stream in any runtime. */
export const eventsResponse = (c: Context, viewer: Viewer, reading: EventsReading): Response =>
  streamResponse(c, (pipe, isGone) => runEvents(c.var, viewer, reading, pipe, isGone))

/**
 * Tells somebody what they have missed, and then what comes, until they are gone, the stream has
 * lived long enough or the instance stops.
 * @returns the stream that is held; null where it ended before.
 */
export async function runEvents(
  live: Live,
  viewer: Viewer,
  reading: EventsReading,
  pipe: Pipe,
  isGone: () => boolean,
): Promise<EventStream | null> {
  const { room, floor } = viewer
  const reader = readerOf(viewer)
  const after = goesOn(viewer, reading) ? reading.after : null
  const missed = await live.heads.missed(after?.since ?? null, reader, room?.id ?? null)
  let { snapshot } = missed
  const source = () => eventsSource(viewer, snapshot)
  const begin = async (stream: EventStream) => {
    const tellNews = ({ heads, reads }: News, since: Snapshot) => {
      snapshot = since
      if (heads.length > 0) stream.write(headsBytes(source(), heads, stream.at, pipe))
      const id = source().cursor(stream.at)
      for (const read of reads) {
        const data = JSON.stringify(readJson(read))
        stream.write(pipe.frame(streamEvent({ id, event: 'room.read', data })))
      }
    }
    if (!isNothing(missed)) tellNews(missed, snapshot)
    const watcher: Watcher = {
      wait: stream,
      reader,
      openId: room?.id ?? null,
      since: snapshot,
      tellNews,
    }
    live.heads.watch(watcher)
  }
  const who = waiterOf(viewer, reading)
  if (!room) return runHeads(live, pipe, begin, who)
  const { form } = reading
  const place = { room, head: room.lastSeq, floor, epoch: viewer.epoch, source, form, who }
  const ask = { ...place, after: reading.after?.cursor ?? null, limit: streamLimit(form) }
  return runStream(live, ask, pipe, isGone, begin)
}

/** With no room open there is nothing but heads. */
async function runHeads(
  { hub }: Live,
  pipe: Pipe,
  begin: (stream: EventStream) => Promise<void>,
  who: Waiter,
): Promise<EventStream | null> {
  const bytesOf = () => new Uint8Array()
  const stream: EventStream = new EventStream(pipe, bytesOf, () => hub.leave(stream), who)
  pipe.write(pipe.frame(GREETING))
  await begin(stream)
  if (!hub.hold(null, stream)) return stream
  hub.leave(stream)
  pipe.end()
  return null
}

/** Made once for all who are told the same. */
const headsBytes = (
  source: Source,
  heads: readonly ToldHead[],
  at: number,
  pipe: Pipe,
): Uint8Array =>
  once(heads, `${pipe.kind}${source.key} ${at}`, () => {
    const id = source.cursor(at)
    const lines = heads.map((head) =>
      streamEvent({ id, event: 'room.head', data: JSON.stringify(headJson(head)) }),
    )
    return pipe.frame(lines.join(''))
  })
