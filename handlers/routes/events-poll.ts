import type { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { type HeadsFeed, isNothing, type News, type Watcher } from '../live/heads.ts'
import type { Hub } from '../live/hub.ts'
import { type Batch, nothing } from '../live/log.ts'
import type { Snapshot } from '../live/snapshot.ts'
import { Wait, type Waiter } from '../live/wait.ts'
import type { EventsReading } from './query.ts'
import { readerOf, type Viewer, waiterOf } from './viewer.ts'

/** What somebody is told: of the open room, and of the others. */
export type Told = { batch: Batch; news: News; since: Snapshot }

const noNews: News = { heads: [], reads: [] }

type Live = { hub: Hub; heads: HeadsFeed }

/**
 * What there is for somebody to be told; where there is nothing, as soon as there is, or nothing
 * when the wait is over.
 * @returns `unavailable` when the instance holds as many waits as it can.
 */
export async function pollEvents(
  live: Live,
  viewer: Viewer,
  reading: EventsReading,
  signal: AbortSignal,
): Promise<Told | Refusal> {
  const { room, floor } = viewer
  const after = Math.max(reading.after?.cursor.seq ?? room?.lastSeq ?? 0, floor)
  const { limit } = reading
  const ask = room && { roomId: room.id, head: room.lastSeq, after, limit, floor }
  const since = reading.after?.since ?? null
  const missed = await live.heads.missed(since, readerOf(viewer), room?.id ?? null)
  const found = ask ? await live.hub.changes(ask) : nothing(after)
  // They ask again, and are told what they may see now.
  const isOver = live.hub.refuses(waiterOf(viewer, reading))
  const batch = isOver ? nothing(after) : found
  const told = { batch, news: isOver ? noNews : missed, since: missed.snapshot }
  const hasNews = batch.events.length > 0 || !isNothing(missed)
  if (hasNews || isOver || reading.waitMs === 0 || signal.aborted) return told
  return held(live, viewer, reading, signal, ask, told)
}

function held(
  { hub, heads }: Live,
  viewer: Viewer,
  reading: EventsReading,
  signal: AbortSignal,
  ask: Parameters<Hub['hold']>[0],
  empty: Told,
): Promise<Told | Refusal> {
  return new Promise((resolve) => {
    const { room } = viewer
    const end = (told: Told) => {
      signal.removeEventListener('abort', leave)
      heads.unwatch(watcher)
      hub.leave(wait)
      resolve(told)
    }
    const leave = () => end(empty)
    const wait = new EventsPoll(reading.waitMs, waiterOf(viewer, reading), (batch) =>
      // A wait that ends with nothing has the cursor that it came with.
      end({ batch, news: noNews, since: batch.events.length > 0 ? watcher.since : empty.since }),
    )
    const watcher: Watcher = {
      wait,
      reader: readerOf(viewer),
      openId: room?.id ?? null,
      since: empty.since,
      tellNews: (news, since) => end({ batch: empty.batch, news, since }),
    }
    const refusal = hub.hold(ask, wait)
    if (refusal) resolve(refusal)
    if (wait.done || refusal) return
    heads.watch(watcher)
    signal.addEventListener('abort', leave)
  })
}

class EventsPoll extends Wait {
  readonly tell: (batch: Batch) => void

  constructor(ms: number, who: Waiter, tell: (batch: Batch) => void) {
    super(Math.min(ms, limits.waitSeconds * 1000), who)
    this.tell = tell
  }
}
