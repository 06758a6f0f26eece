import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Head, type Moved, type RoomPeople, readMoved, readPeople } from './moved.ts'
import { isAsNew, type Snapshot, wasCommitted } from './snapshot.ts'
import type { Wait } from './wait.ts'

/** Whom rooms are told of, as they were found before they began to wait. */
export type HeadsReader = {
  /** Null for a visitor. */
  personId: number | null
  /** Whether every open room is for them; else those alone that they were let into. */
  seesOpen: boolean
}

/** Somebody who wants to know which of their other rooms move. */
export type Watcher = {
  /** The wait that it belongs to: when that is done, so is this. */
  wait: Wait
  reader: HeadsReader
  /** The room that is open, which is told of in another way. */
  openId: number | null
  /** What they know of. It moves on as they are told. */
  since: Snapshot
  /** The same list to all who are told the same. Must not throw. */
  tellHeads(heads: readonly Head[], snapshot: Snapshot): void
}

/** What somebody has missed, and from where they go on. */
export type Missed = { heads: readonly Head[]; snapshot: Snapshot }

/**
 * Tells those who wait which of their other rooms have moved: one query for all of them, a few
 * times a second at the most, and none while nobody watches. What a room's readers are told goes
 * through the hub and does not wait for this.
 */
export class HeadsFeed {
  readonly #sql: Sql
  readonly #onError: (error: unknown) => void
  readonly #watchers = new Set<Watcher>()
  /** What moved since the feed began: for those who ask again a little later. */
  readonly #recent = new Map<number, Head>()
  #begun: Snapshot | undefined
  #now: Moved | undefined
  #restarts = 0
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined
  #gathering: NodeJS.Timeout | undefined

  constructor(sql: Sql, onError: (error: unknown) => void) {
    this.#sql = sql
    this.#onError = onError
  }

  /** Something moved: those who watch are told of it soon, together with what else moves. */
  nudge(): void {
    if (this.#watchers.size === 0 || this.#gathering) return
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined
      void this.sweep()
    }, limits.headsGatherMs)
  }

  /** Looks for what no doorbell told, if anybody watches. Never rejects. */
  async sweep(): Promise<void> {
    for (const watcher of this.#watchers) if (watcher.wait.done) this.#watchers.delete(watcher)
    if (this.#watchers.size === 0) return
    await this.#look().catch((error) => {
      if (!databaseIsAway(error)) this.#onError(error)
    })
  }

  /** Where things stand, or stood a moment ago: what moves after that is told to those who watch. */
  async now(): Promise<Pick<Moved, 'snapshot' | 'origin'>> {
    // Nobody has looked lately when nobody watched.
    if (performance.now() - this.#lookedAt > limits.sweepMs * 2) await this.#look()
    // A look ends with nothing when the database turns out to be another one.
    while (!this.#now) await this.#look()
    return this.#now
  }

  /**
   * What somebody has missed since a snapshot.
   * @param since null for nothing: from now on.
   */
  async missed(
    since: Snapshot | null,
    reader: HeadsReader,
    openId: number | null,
  ): Promise<Missed> {
    if (since === null) return { heads: [], snapshot: await this.#fresh() }
    const { snapshot } = await this.now()
    if (isAsNew(since, snapshot)) return { heads: [], snapshot: since }
    const isRecent = this.#begun !== undefined && isAsNew(since, this.#begun)
    const moved = isRecent
      ? { snapshot, heads: [...this.#recent.values()] }
      : await readMoved(this.#sql, since)
    const unknown = moved.heads.filter((head) => !wasCommitted(head.moved, since))
    const people = await this.#peopleOf(unknown, [reader])
    const heads = unknown.filter((head) => isFor(head, reader, openId, people))
    return { heads, snapshot: moved.snapshot }
  }

  /** Tells somebody from now on, as long as their wait is not done. */
  watch(watcher: Watcher): void {
    this.#watchers.add(watcher)
    // What moved between their look and this is told by the next one.
    if (this.#now && !isAsNew(watcher.since, this.#now.snapshot)) this.nudge()
  }

  unwatch(watcher: Watcher): void {
    this.#watchers.delete(watcher)
  }

  /** The database is another one: nothing that is known here holds. */
  restart(): void {
    this.#restarts++
    this.#recent.clear()
    this.#begun = undefined
    this.#now = undefined
    this.#lookedAt = Number.NEGATIVE_INFINITY
  }

  stop(): void {
    clearTimeout(this.#gathering)
    this.#watchers.clear()
  }

  /** Where things stand, as it is after this call. */
  async #fresh(): Promise<Snapshot> {
    await this.#looking?.catch(() => {})
    await this.#look()
    return (await this.now()).snapshot
  }

  /** One look at a time; who asks while one is under way shares it. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookOnce(): Promise<void> {
    const restarts = this.#restarts
    const moved = await readMoved(this.#sql, this.#now?.snapshot ?? null)
    // What was read is of the database before.
    if (restarts !== this.#restarts) return
    this.#now = moved
    this.#begun ??= moved.snapshot
    this.#lookedAt = performance.now()
    this.#keep(moved)
    await this.#tell(moved.snapshot)
  }

  #keep({ heads, snapshot }: Moved): void {
    if (this.#recent.size > limits.rememberedRooms) {
      this.#recent.clear()
      this.#begun = snapshot
    }
    for (const head of heads) this.#recent.set(head.roomId, head)
  }

  async #tell(snapshot: Snapshot): Promise<void> {
    const unknown = this.#unknownSince()
    // Who begins to watch while it is read whom rooms are for is told by the next look.
    const watchers = [...this.#watchers]
    const readers = watchers.map(({ reader }) => reader)
    const people = await this.#peopleOf([...new Set([...unknown.values()].flat())], readers)
    const lists = new Map<string, Head[]>()
    for (const watcher of watchers) {
      const { wait, since, reader, openId } = watcher
      const moved = unknown.get(since.text)
      if (wait.done || !moved || isAsNew(since, snapshot)) continue
      const heads = moved.filter((head) => isFor(head, reader, openId, people))
      watcher.since = snapshot
      if (heads.length === 0) continue
      const key = heads.map(({ roomId }) => roomId).join()
      const same = lists.get(key) ?? heads
      lists.set(key, same)
      watcher.tellHeads(same, snapshot)
    }
  }

  /** What moved since each of the snapshots that those who watch know of: few, however many watch. */
  #unknownSince(): Map<string, Head[]> {
    const unknown = new Map<string, Head[]>()
    for (const { since } of this.#watchers) {
      if (unknown.has(since.text)) continue
      const heads = [...this.#recent.values()]
      unknown.set(
        since.text,
        heads.filter((head) => !wasCommitted(head.moved, since)),
      )
    }
    return unknown
  }

  #peopleOf(heads: readonly Head[], readers: readonly HeadsReader[]): Promise<RoomPeople> {
    const guests = readers.flatMap(({ personId, seesOpen }) => (seesOpen ? [] : (personId ?? [])))
    return readPeople(this.#sql, heads, guests)
  }
}

/** Whether somebody is to be told of a room: one that they may enter, and have not open. */
function isFor(
  { roomId, isOpen }: Head,
  { personId, seesOpen }: HeadsReader,
  openId: number | null,
  { members, banned }: RoomPeople,
): boolean {
  if (roomId === openId) return false
  if (personId === null) return isOpen && seesOpen
  if (banned.get(roomId)?.has(personId)) return false
  return (isOpen && seesOpen) || (members.get(roomId)?.has(personId) ?? false)
}
