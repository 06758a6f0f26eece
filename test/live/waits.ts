/** Waiting as a request does it. */
import type { Room } from '../../handlers/chat/rooms.ts'
import type { Sql } from '../../handlers/chat/sql.ts'
import type { Hub } from '../../handlers/live/hub.ts'
import type { Batch } from '../../handlers/live/log.ts'
import { changesOf, type Waiting } from '../../handlers/live/patience.ts'
import { Sweep } from '../../handlers/live/sweep.ts'
import { succeeded } from '../chat/storage.ts'

/** Longer than any test: what waits so long is answered for another reason. */
const longMs = 120_000

/** A wait from number 0 on in a room of which nothing is known yet. */
export const waitIn = (room: Room, change: Partial<Waiting> = {}): Waiting => ({
  roomId: room.id,
  head: 0,
  after: 0,
  limit: 50,
  floor: 0,
  ms: longMs,
  signal: new AbortController().signal,
  who: { personId: null, seen: 0 },
  ...change,
})

/** What came of a wait that must not be refused. */
export async function changes(hub: Hub, wait: Waiting): Promise<Batch> {
  return succeeded(await changesOf(hub, wait))
}

/** Looks once for what the hub was not told, as an instance does each second. */
export const sweep = (sql: Sql, hub: Hub): Promise<void> => new Sweep(sql, [hub]).now()

export const seqs = (batch: Batch): number[] => batch.events.map((event) => event.seq)

/** A reader who goes on until they are stopped, and every number that they were told. */
export type Follower = { told: number[]; stop(): Promise<void> }

/**
 * Asks again and again, each time from where the answer before ended, until the hub is stopped.
 * @param enter finds the room's head, as a request does before it waits; a reader without it
 *   relies on what the hub hears
 */
export function follow(
  hub: Hub,
  room: Room,
  enter: () => Promise<number | undefined> = async () => undefined,
): Follower {
  const told: number[] = []
  const gone = new AbortController()
  const read = async () => {
    for (let after = 0; !gone.signal.aborted && !hub.stopped; ) {
      const head = (await enter()) ?? 0
      const batch = await changes(hub, waitIn(room, { after, head, signal: gone.signal }))
      told.push(...seqs(batch))
      after = batch.next
    }
  }
  const reading = read()
  return {
    told,
    async stop() {
      gone.abort()
      await reading
    },
  }
}

/** The numbers from 1 to `most`. */
export const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1)
