import { Bag } from './bag.ts'
import type { Hint } from './hints.ts'
import type { Batch } from './log.ts'
import type { Slot, Timed } from './wheel.ts'

/** Those who wait for the same: past the same number, for as many events at the most, of the same. */
export type Group = {
  /** Null for those who wait in no room. */
  roomId: number | null
  after: number
  /** Events at the most in one batch. */
  limit: number
  /** They see what has a later number alone; 0 for all of it. */
  floor: number
  isStream: boolean
  waits: Bag<'inGroup', Wait>
}

/** Whose wait it is, as they were found before it began. */
export type Waiter = {
  /** Null for a visitor. */
  personId: number | null
  /** A word of their own: a newer wait of theirs with it ends the older one. */
  client?: string | undefined
  /** Whether others may be told that they have the room open. */
  isShown?: boolean
  /** How far the server's log was followed before they were looked up (`ServerLog.moves`). */
  seen: number
}

const anybody: Waiter = { personId: null, seen: 0 }

/**
 * What a person's newer wait ends the older one by. Visitors are nobody in particular: the word of
 * one must not end the wait of another.
 */
const keyOf = ({ personId, client }: Waiter): string | undefined =>
  personId === null || client === undefined ? undefined : `${personId} ${client}`

/** A group that nobody is in yet. */
export const groupOf = (of: Omit<Group, 'waits'>): Group => ({ ...of, waits: new Bag('inGroup') })

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
  readonly who: Waiter
  /** Waits of one key end each other: a newer one the older. */
  readonly key: string | undefined
  /** How long it waits when there is nothing; of a stream, the time between two signs of life. */
  readonly ms: number

  constructor(ms: number, who: Waiter = anybody) {
    this.ms = ms
    this.who = who
    this.key = keyOf(who)
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
