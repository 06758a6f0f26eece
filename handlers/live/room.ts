import { limits } from '../limits.ts'
import { RecentHints } from './hints.ts'
import { above, type Batch, cut, type LogEvent } from './log.ts'
import { Ring } from './ring.ts'
import type { Ask } from './shared-reads.ts'
import { type Group, groupOf, type Stream, type Wait } from './wait.ts'

/** What is told to some who waited. */
export type Release = { waits: Wait[]; batch: Batch }

/** Who waits in a room, and the end of its log. */
export class Room {
  readonly id: number
  readonly groups = new Map<string, Group>()
  /** A read of what follows the ring, if one is under way. */
  reading: Promise<void> | undefined
  #ring: Ring
  /** Batches cut from the ring as it is, for those who wait and those who come a little later. */
  readonly #batches = new Map<string, Batch>()
  readonly hints = new RecentHints()

  /** @param after a number past which somebody waits. */
  constructor(id: number, after: number) {
    this.id = id
    this.#ring = new Ring(after)
  }

  get ring(): Ring {
    return this.#ring
  }

  /** Whether what changes here is read: somebody waits, or what they wait for is on its way. */
  get isFollowed(): boolean {
    return this.groups.size > 0 || this.reading !== undefined
  }

  /** The group of those who wait past a number; the ring then reaches back to that number. */
  group({ after, limit, floor }: Place, isStream: boolean): Group {
    const isAhead = !this.isFollowed && this.#ring.top < after
    if (!this.#ring.covers(after) || isAhead) this.#begin(after)
    const key = keyOf({ after, limit, floor, isStream })
    const known = this.groups.get(key)
    if (known) return known
    const group = groupOf({ roomId: this.id, after, limit, floor, isStream })
    this.groups.set(key, group)
    return group
  }

  /** All who wait here. */
  waits(): Wait[] {
    return [...this.groups.values()].flatMap((group) => group.waits.all())
  }

  /** How many wait here. */
  get size(): number {
    let size = 0
    for (const { waits } of this.groups.values()) size += waits.size
    return size
  }

  /** Who waits here and lets others know. */
  people(): number[] {
    const shown = this.waits().flatMap(({ who }) => (who.isShown ? (who.personId ?? []) : []))
    return [...new Set(shown)]
  }

  /** The streams of the room, wherever they stand. */
  streams(): Stream[] {
    const groups = [...this.groups.values()].filter(({ isStream }) => isStream)
    return groups.flatMap(({ waits }) => waits.all() as Stream[])
  }

  /** A group that nobody is in any more. */
  drop(group: Group): void {
    const key = keyOf(group)
    if (this.groups.get(key) === group) this.groups.delete(key)
  }

  push(events: readonly LogEvent[]): void {
    this.#ring.push(events)
    this.#batches.clear()
  }

  /** What has this number or a lower one is not kept any more. */
  expire(seq: number): void {
    if (this.#ring.expire(seq)) this.#batches.clear()
  }

  /**
   * The events past a number that the ring covers. The same object to all who ask for the same.
   * @param head the room's newest number, which the ring may not have reached yet.
   */
  batch({ after, limit, floor }: Place, head: number): Batch {
    const key = floor === 0 ? `${after} ${limit}` : `${after} ${limit} ${floor}`
    const known = this.#batches.get(key)
    if (known) return known
    const batch = above(cut(this.#ring.past(after), after, limit), floor)
    // One message that is just being read makes nobody a reader far behind.
    batch.more ||= this.#ring.top < head && batch.events.length >= limit
    const hints = this.hints.past(after)
    if (hints) batch.hints = hints
    // Each reader may choose a place and a limit of their own.
    if (this.#batches.size >= limits.keptBatches) this.#batches.clear()
    this.#batches.set(key, batch)
    return batch
  }

  /** Takes everybody for whom there is something. Streams stay, and wait for what comes next. */
  released(head: number): Release[] {
    const releases: Release[] = []
    for (const [key, group] of [...this.groups]) {
      if (group.after >= this.#ring.top) continue
      this.groups.delete(key)
      while (group.after < this.#ring.top && group.waits.size > 0) {
        const batch = this.batch(group, head)
        if (batch.events.length > 0)
          releases.push({ waits: group.isStream ? group.waits.all() : group.waits.take(), batch })
        group.after = batch.next
      }
      if (group.waits.size > 0) this.#settle(group)
    }
    return releases
  }

  /** Those who stay, and are at the same number now, go on as one group. */
  #settle(group: Group): void {
    const key = keyOf(group)
    const there = this.groups.get(key)
    if (!there) {
      this.groups.set(key, group)
      return
    }
    for (const wait of group.waits.take()) {
      wait.group = there
      there.waits.add(wait)
    }
  }

  #begin(after: number): void {
    this.#ring = new Ring(after)
    this.#batches.clear()
  }
}

type Place = Pick<Ask, 'after' | 'limit' | 'floor'>

const keyOf = ({ after, limit, floor, isStream }: Place & { isStream: boolean }): string => {
  const who = floor === 0 ? '' : ` ${floor}`
  return isStream ? `${after} stream${who}` : `${after} ${limit}${who}`
}
