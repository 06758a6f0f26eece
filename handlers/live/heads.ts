import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Marker, markerKey, type ReadHead, readMarkers, readMentions } from './markers.ts'
import { type Head, type Moved, nobody, type RoomPeople, readMoved, readPeople } from './moved.ts'
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
  /** Must not throw. */
  tellNews(news: News, snapshot: Snapshot): void
}

/** How far a room has come, as it is for somebody: how often it names them in what they have not read. */
export type ToldHead = Head & { mentions: number }

/** What there is to tell somebody, beside the changes of the room that is open. */
export type News = {
  /** The same list to all who are told the same. */
  heads: readonly ToldHead[]
  /** How far they have read rooms, where one of their devices has read on: theirs alone. */
  reads: readonly ReadHead[]
}

/** What somebody has missed, and from where they go on. */
export type Missed = News & { snapshot: Snapshot }

/** Whether there is nothing to tell. */
export const isNothing = ({ heads, reads }: News): boolean =>
  heads.length === 0 && reads.length === 0

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
  readonly #markers = new Map<string, Marker>()
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
    if (since === null) return { heads: [], reads: [], snapshot: await this.#fresh() }
    const { snapshot } = await this.now()
    if (isAsNew(since, snapshot)) return { heads: [], reads: [], snapshot: since }
    const isRecent = this.#begun !== undefined && isAsNew(since, this.#begun)
    const moved = isRecent
      ? { snapshot, heads: [...this.#recent.values()], markers: [...this.#markers.values()] }
      : await readMoved(this.#sql, since, reader.personId ?? nobody)
    const unknown = unknownOf(moved, since)
    const theirs = unknown.markers.filter(({ personId }) => personId === reader.personId)
    const known = await this.#knowing(unknown.heads, theirs, [reader])
    return {
      ...newsFor({ ...unknown, markers: theirs }, reader, openId, known),
      snapshot: moved.snapshot,
    }
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
    this.#markers.clear()
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

  #keep({ heads, markers, snapshot }: Moved): void {
    const isFull =
      this.#recent.size > limits.rememberedRooms ||
      this.#markers.size + markers.length >= limits.rememberedMarkers
    if (isFull) {
      this.#recent.clear()
      this.#markers.clear()
      this.#begun = snapshot
    }
    for (const head of heads) this.#recent.set(head.roomId, head)
    for (const marker of markers) this.#markers.set(markerKey(marker), marker)
  }

  async #tell(snapshot: Snapshot): Promise<void> {
    // Who begins to watch while it is read whom rooms are for is told by the next look.
    const watchers = [...this.#watchers]
    const unknown = this.#unknownTo(watchers)
    const readers = watchers.map(({ reader }) => reader)
    const all = [...unknown.values()]
    const heads = new Set(all.flatMap((one) => one.heads))
    const markers = new Set(all.flatMap((one) => [...one.byPerson.values()].flat()))
    const known = await this.#knowing([...heads], [...markers], readers)
    const lists = new Map<string, readonly ToldHead[]>()
    for (const watcher of watchers) {
      const { wait, since, reader, openId } = watcher
      const moved = unknown.get(since.text)
      if (wait.done || !moved || isAsNew(since, snapshot)) continue
      const theirs = moved.byPerson.get(reader.personId ?? -1) ?? []
      const { heads, reads } = newsFor(
        { heads: moved.heads, markers: theirs },
        reader,
        openId,
        known,
      )
      watcher.since = snapshot
      if (heads.length === 0 && reads.length === 0) continue
      const key = heads.map(({ roomId, mentions }) => `${roomId} ${mentions}`).join()
      const same = lists.get(key) ?? heads
      lists.set(key, same)
      watcher.tellNews({ heads: same, reads }, snapshot)
    }
  }

  /** What moved since each of the snapshots that those who watch know of: few, however many watch. */
  #unknownTo(watchers: readonly Watcher[]): Map<string, Unknown & { byPerson: ByPerson }> {
    const people = new Set(watchers.map(({ reader }) => reader.personId))
    const unknown = new Map<string, Unknown & { byPerson: ByPerson }>()
    for (const { since } of watchers) {
      if (unknown.has(since.text)) continue
      const all = { heads: [...this.#recent.values()], markers: [...this.#markers.values()] }
      const { heads, markers } = unknownOf(all, since)
      const byPerson: ByPerson = new Map()
      for (const marker of markers) {
        if (!people.has(marker.personId)) continue
        const others = byPerson.get(marker.personId)
        if (others) others.push(marker)
        else byPerson.set(marker.personId, [marker])
      }
      unknown.set(since.text, { heads, markers, byPerson })
    }
    return unknown
  }

  /** What has to be known to tell readers of rooms and markers. */
  async #knowing(
    heads: readonly Head[],
    markers: readonly Marker[],
    readers: readonly HeadsReader[],
  ): Promise<Knowing> {
    const guests = readers.flatMap(({ personId, seesOpen }) => (seesOpen ? [] : (personId ?? [])))
    const people = new Set(readers.flatMap(({ personId }) => personId ?? []))
    const naming = heads.flatMap(({ roomId, names }) => (names ? roomId : []))
    const [inRooms, mentions, reads] = await Promise.all([
      readPeople(this.#sql, heads, [...people], guests),
      readMentions(this.#sql, naming, [...people]),
      readMarkers(this.#sql, markers),
    ])
    return { people: inRooms, mentions, reads }
  }
}

type Unknown = { heads: Head[]; markers: Marker[] }
type ByPerson = Map<number, Marker[]>

type Knowing = {
  people: RoomPeople
  mentions: ReadonlyMap<string, number>
  reads: ReadonlyMap<string, ReadHead>
}

const unknownOf = ({ heads, markers }: Unknown, since: Snapshot): Unknown => ({
  heads: heads.filter(({ moved }) => !wasCommitted(moved, since)),
  markers: markers.filter(({ moved }) => !wasCommitted(moved, since)),
})

/** @param unknown with their own markers alone. */
function newsFor(
  { heads, markers }: Unknown,
  reader: HeadsReader,
  openId: number | null,
  { people, mentions, reads }: Knowing,
): News {
  const personId = reader.personId ?? -1
  const told = heads
    .filter((head) => isFor(head, reader, openId, people))
    .map((head) => ({
      ...head,
      mentions: mentions.get(markerKey({ personId, roomId: head.roomId })) ?? 0,
    }))
  return { heads: told, reads: markers.flatMap((marker) => reads.get(markerKey(marker)) ?? []) }
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
