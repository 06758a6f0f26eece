import type { Refusal } from '../chat/refusal.ts'
import type { Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { Ended } from './ended.ts'
import { Following } from './following.ts'
import { type Hint, isHint } from './hints.ts'
import { above, type Batch, nothing } from './log.ts'
import { tooManyWaits } from './refusals.ts'
import type { Room } from './room.ts'
import { Rooms } from './rooms.ts'
import { type Ask, type FenceOf, SharedReads } from './shared-reads.ts'
import { Slices } from './slices.ts'
import type { Follower, Heads } from './sweep.ts'
import { type Group, groupOf, Stream, type Wait, type Waiter } from './wait.ts'
import { Wheel } from './wheel.ts'

/**
 * Where requests wait for what is new in a room. A cache of the log's end and no more: whoever
 * waited here can go on at any other instance with the cursor in their hand.
 */
export class Hub implements Follower {
  readonly #rooms = new Rooms()
  readonly #roomless = groupOf({ roomId: null, after: 0, limit: 0, floor: 0, isStream: false })
  readonly #ended = new Ended()
  readonly #reads: SharedReads
  readonly #following: Following
  readonly #byKey = new Map<string, Wait>()
  readonly #wheel = new Wheel<Wait>(limits.wheelSpanMs, limits.waitSeconds * 1000, (due) =>
    this.#due(due),
  )
  readonly #slices = new Slices<Wait, Batch>(limits.releaseSliceMs, (wait, batch) =>
    this.#tell(wait, batch),
  )
  readonly #hintSlices = new Slices<Stream, Hint>(limits.releaseSliceMs, (stream, hint) => {
    if (!stream.done) stream.hint(hint)
  })
  #held = 0
  #stopped = false

  /**
   * @param onError is told of reads that failed; the waits go on, and the next sweep tries again.
   * @param fence nothing that was read is told before it lets it pass; none where nobody is removed.
   */
  constructor(sql: Sql, onError: (error: unknown) => void, fence: FenceOf = () => undefined) {
    this.#reads = new SharedReads(sql, fence)
    const release = this.#release.bind(this)
    const forget = ({ id }: Room) => this.forget(id)
    this.#following = new Following({ sql, rooms: this.#rooms, fence, onError, release, forget })
  }

  /** How many requests wait here now. */
  get held(): number {
    return this.#held
  }

  /** Whether it holds as many as it can. */
  get isFull(): boolean {
    return this.#held >= limits.waitsPerInstance
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Timers, groups and names that stand for waits; none where nobody waits. */
  get traces(): number {
    return this.#rooms.groups + this.#wheel.count + this.#byKey.size
  }

  /** The newest number of a room that this instance has heard of; undefined where of none. */
  headOf = (roomId: number): number | undefined => this.#rooms.head(roomId)

  /**
   * What is past a number and known here, without asking anybody.
   * @returns undefined where there is nothing, or where it must be read.
   */
  known(ask: Ask): Batch | undefined {
    const room = this.#rooms.get(ask.roomId)
    // What changes while nobody waits is not read, so what is here may be said otherwise by now.
    const batch = room?.isFollowed ? this.#here(room, ask) : undefined
    return batch && batch.events.length > 0 ? batch : undefined
  }

  /** The events past a number; a batch without any where there are none. */
  async changes(ask: Ask): Promise<Batch> {
    this.#rooms.learn(ask.roomId, ask.head)
    let { after } = ask
    for (;;) {
      const believed = this.#rooms.head(ask.roomId) ?? 0
      if (after >= believed) return nothing(after)
      const batch = above(await this.#past({ ...ask, after }), ask.floor)
      if (batch.events.length > 0) return batch
      // There was something, and nothing of it is for whoever asks.
      if (batch.next > after) {
        after = batch.next
        continue
      }
      // The head was of a database that has been replaced by an older one since.
      if (this.#rooms.head(ask.roomId) === believed) this.#rooms.correct(ask.roomId, after)
    }
  }

  /** Comes back when `refuses` knows whose access has ended by now. */
  settled = (): Promise<void> => this.#reads.settled()

  /**
   * Holds a request until there is something past its number. It is registered first, and then the
   * number is compared with the head, with nothing awaited between the two: what is committed
   * before is seen by the one, what is committed after by the other.
   *
   * @param ask null for somebody who waits in no room.
   * @returns `unavailable` when the instance holds as many waits as it can.
   */
  hold(ask: Ask | null, wait: Wait): Refusal | undefined {
    if (wait.done) return undefined
    if (this.isFull) return tooManyWaits()
    const group = ask ? this.#groupOf(ask, wait instanceof Stream) : this.#roomless
    wait.group = group
    group.waits.add(wait)
    this.#held++
    this.#wheel.add(wait, wait.ms)
    const older = wait.key === undefined ? undefined : this.#byKey.get(wait.key)
    if (wait.key !== undefined) this.#byKey.set(wait.key, wait)
    if (older) this.#finish(older)
    if (this.refuses(wait.who)) this.#finish(wait)
    else if (ask && this.#rooms.isPast(ask.roomId, ask.after)) this.#following.readOn(ask.roomId)
    return undefined
  }

  /** Whether somebody is told nothing more here, and is to ask again. */
  refuses(who: Waiter): boolean {
    return this.#stopped || this.#ended.has(who)
  }

  /** The client is gone, or was told something else: the wait is told nothing more. */
  leave(wait: Wait): void {
    if (wait.done) return
    wait.done = true
    const { group } = wait
    // It may be gone before it is held here.
    if (!group) return
    this.#held--
    this.#wheel.delete(wait)
    if (wait.key !== undefined && this.#byKey.get(wait.key) === wait) this.#byKey.delete(wait.key)
    if (!group.waits.delete(wait) || group.waits.size > 0) return
    if (group.roomId !== null) this.#rooms.get(group.roomId)?.drop(group)
  }

  /** A room's log has reached a number: whoever waits for it is answered. */
  advance(roomId: number, seq: number): void {
    this.#rooms.learn(roomId, seq)
    this.#following.readOn(roomId)
  }

  /**
   * Something of a room that is in no log, as JSON: told to its streams, and to polls with their
   * next answer. It ends no wait, and is lost where nobody waits.
   */
  hint(roomId: number, text: string): void {
    const room = this.#rooms.get(roomId)
    if (!room?.isFollowed || room.size > limits.hintedWaits || !isHint(text)) return
    const hint = { text }
    room.hints.add(hint, room.ring.top)
    this.#hintSlices.push(room.streams(), hint)
  }

  /** Who has which room open here and lets others know; nobody where that would be too many. */
  present = (): Map<number, Set<number>> => this.#rooms.present()

  /** The rooms that someone waits in, and the numbers that they are believed to have reached. */
  believed(): Heads {
    return new Map(this.#rooms.waitedIn().map((room) => [room.id, this.#rooms.reached(room)]))
  }

  /**
   * What a sweep has found. A head that went back, a room that is gone or one whose waits stand in
   * what went ends the waits: the clients ask again and are told.
   */
  swept(heads: Heads, believed: Heads, _askedAt: number, expired: Heads): void {
    for (const [id, before] of believed) {
      const head = heads.get(id)
      const isOver = this.#rooms.expire(id, expired.get(id) ?? 0)
      if (head === undefined || head < before || isOver) this.forget(id)
      else this.advance(id, head)
    }
  }

  /** Ends the waits in a room, and forgets what was known of it. */
  forget(roomId: number): void {
    const waits = this.#rooms.get(roomId)?.waits() ?? []
    this.#rooms.forget(roomId)
    for (const wait of waits) this.#finish(wait)
  }

  /**
   * A session of somebody has ended: their waits end, and the clients ask again.
   * @param moves of the server's log: who was looked up before that is let in to wait no more.
   */
  endOf(personId: number, moves: number): void {
    this.#ended.add(personId, moves)
    for (const wait of this.#all()) if (wait.who.personId === personId) this.#finish(wait)
  }

  /** A room is not for everybody any more: the waits there end, and the clients ask again. */
  endOfRoom(roomId: number, moves: number): void {
    this.#ended.addEverybody(moves)
    this.forget(roomId)
  }

  /** Anybody may see less than before: all waits end, and the clients ask again. */
  endOfAll(moves: number): void {
    this.#ended.addEverybody(moves)
    for (const wait of this.#all()) this.#finish(wait)
  }

  /**
   * Answers all who wait, with their own cursor, and holds nobody any more.
   * @param spreadMs over how long, so that not all come to the other instances at once.
   */
  async stop(spreadMs = 0): Promise<void> {
    this.#stopped = true
    const waits = this.#all()
    const turns = Math.max(1, Math.floor(spreadMs / limits.stopTurnMs))
    const size = Math.ceil(waits.length / turns)
    for (let at = 0; at < waits.length; at += size) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, limits.stopTurnMs))
      for (const wait of waits.slice(at, at + size)) this.#finish(wait)
    }
  }

  #all(): Wait[] {
    return [...this.#rooms.waits(), ...this.#roomless.waits.all()]
  }

  #groupOf(ask: Ask, isStream: boolean): Group {
    this.#rooms.learn(ask.roomId, ask.head)
    return this.#rooms.open(ask.roomId, ask.after).group(ask, isStream)
  }

  /** Ends a wait with nothing. */
  #finish(wait: Wait): void {
    if (wait.done) return
    this.leave(wait)
    if (wait instanceof Stream) wait.end()
    else wait.tell(this.#rooms.nothingFor(wait.group))
  }

  #tell(wait: Wait, batch: Batch): void {
    if (wait.done) return
    if (!(wait instanceof Stream)) this.leave(wait)
    wait.tell(batch)
  }

  /** Waits whose time is up end; those who wait for the same are told the same. */
  #due(due: Wait[]): void {
    const ending = new Map<Group | undefined, Wait[]>()
    for (const wait of due) {
      if (wait instanceof Stream) this.#beat(wait)
      else {
        const together = ending.get(wait.group)
        if (together) together.push(wait)
        else ending.set(wait.group, [wait])
      }
    }
    for (const [group, waits] of ending) this.#slices.push(waits, this.#rooms.nothingFor(group))
  }

  #beat(stream: Stream): void {
    if (stream.beat()) this.#wheel.add(stream, stream.ms)
    else this.#finish(stream)
  }

  /** What a room's ring has past a number, if it has all that was heard of or is about to. */
  #here(room: Room, { after, limit, floor }: Ask): Batch | undefined {
    const { ring, reading } = room
    const head = this.#rooms.reached(room)
    if (!ring.covers(after) || after >= ring.top || (ring.top < head && !reading)) return undefined
    return room.batch({ after, limit, floor }, head)
  }

  async #past(ask: Ask): Promise<Batch> {
    const room = this.#rooms.get(ask.roomId)
    const reading = room?.ring.covers(ask.after) ? room.reading : undefined
    await reading
    const all = { ...ask, floor: 0 }
    const here = room && reading ? this.#here(room, all) : this.known(all)
    if (here) return here
    return this.#reads.past(ask, this.#rooms.head(ask.roomId))
  }

  #release(room: Room): void {
    for (const { waits, batch } of room.released(this.#rooms.reached(room))) {
      this.#slices.push(waits, batch)
    }
  }
}
