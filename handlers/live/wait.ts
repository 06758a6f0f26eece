import type { Bag } from './bag.ts'
import type { Hint } from './hints.ts'
import type { Batch } from './log.ts'
import type { Slot, Timed } from './wheel.ts'

/** Those who wait for the same: past the same number, for as many events at the most. */
export type Group = {
  /** Null for those who wait in no room. */
  roomId: number | null
  after: number
  /** Events at the most in one batch. */
  limit: number
  isStream: boolean
  waits: Bag<'inGroup', Wait>
}

/**
 * A request that is held. One object holds all there is of it, since there are many: how the
 * answer leaves is a subclass's, what comes first is the hub's.
 */
export abstract class Wait implements Timed {
  slot: Slot | undefined
  inSlot = 0
  group: Group | undefined
  inGroup = 0
  /** Whether it has ended: it is told nothing more. */
  done = false
  /** Waits of one key end each other: a newer one the older. */
  readonly key: string | undefined
  /** How long it waits when there is nothing; of a stream, the time between two signs of life. */
  readonly ms: number

  constructor(ms: number, key?: string) {
    this.ms = ms
    this.key = key
  }

  /**
   * Takes what was waited for. A poll is told once, a stream again and again; a poll whose wait
   * ends with nothing is told a batch without events. Must not throw.
   */
  abstract tell(batch: Batch): void
}

/** A wait that goes on after it was told something. */
export abstract class Stream extends Wait {
  /** Takes something that is in no log. Must not throw. */
  abstract hint(hint: Hint): void
  /** Shows that the stream lives. @returns whether it goes on; false ends it. */
  abstract beat(): boolean
  /** Nothing comes any more: the client is to ask again. Must not throw. */
  abstract end(): void
}
