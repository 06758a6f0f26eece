import { Refusal } from '../chat/refusal.ts'
import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Batch, cut, readHeads, readLog } from './log.ts'

type Waiter = { wake(batch: Batch): void }

/** Those who wait for the same: past the same number, for as many events at the most. */
type Group = { after: number; limit: number; waiters: Set<Waiter> }

type RoomWaits = {
  /** The newest number that this instance has heard of. */
  head: number
  groups: Map<string, Group>
  delivering: boolean
}

export type Wait = {
  roomId: number
  /** The room's newest number as the request found it. */
  head: number
  after: number
  /** Events at the most. */
  limit: number
  /** How long to wait when there is nothing; 0 answers at once. */
  ms: number
  /** Ends the wait when the client is gone. */
  signal: AbortSignal
}

/**
 * Where requests wait for what is new in a room. A cache of the log's head and no more: whoever
 * waited here can go on at any other instance with the cursor in their hand.
 */
export class Hub {
  readonly #sql: Sql
  readonly #onError: (error: unknown) => void
  readonly #rooms = new Map<number, RoomWaits>()
  readonly #reads = new Map<string, Promise<Batch>>()
  #held = 0
  #stopped = false

  /** @param onError is told of reads that failed; the waits go on, and the next sweep tries again. */
  constructor(sql: Sql, onError: (error: unknown) => void) {
    this.#sql = sql
    this.#onError = onError
  }

  /** How many requests wait here now. */
  get held(): number {
    return this.#held
  }

  /**
   * The events past a number; where there are none, as soon as there are, or none after `ms`.
   * @returns `unavailable` when the instance holds as many waits as it can.
   */
  async changes(wait: Wait): Promise<Batch | Refusal> {
    let room = this.#room(wait.roomId)
    room.head = Math.max(room.head, wait.head)
    while (wait.after < room.head) {
      const believed = room.head
      const batch = await this.#read(wait, believed)
      if (batch.events.length > 0) return batch
      // The room may have been forgotten meanwhile, and bells would not reach what was held.
      room = this.#room(wait.roomId)
      // The head was of a database that has been replaced by an older one since.
      if (room.head === believed) room.head = wait.after
    }
    // From the comparison with the head to the registration nothing may be awaited: what is
    // committed before is seen by the one, what is committed after by the other.
    if (wait.ms === 0 || this.#stopped || wait.signal.aborted) return nothing(wait.after)
    if (this.#held >= limits.waitsPerInstance) return tooManyWaits()
    return this.#hold(room, wait)
  }

  /** A room's log has reached a number: whoever waits for it is answered. */
  advance(roomId: number, seq: number): void {
    const room = this.#room(roomId)
    if (seq > room.head) room.head = seq
    if (room.groups.size > 0) void this.#deliver(roomId, room)
  }

  /**
   * Asks the database for the heads of all rooms that someone waits in, since a doorbell may be
   * lost. A head that went back, or a room that is gone, ends the waits: the clients ask again
   * and are told.
   */
  async sweep(): Promise<void> {
    const waitedIn = [...this.#rooms].filter(([, room]) => room.groups.size > 0)
    if (waitedIn.length === 0) return
    const before = new Map(waitedIn.map(([id, room]) => [id, room.head]))
    const heads = await readHeads(this.#sql, [...before.keys()])
    for (const [id, believed] of before) {
      const head = heads.get(id)
      if (head === undefined || head < believed) this.#forget(id)
      else this.advance(id, head)
    }
  }

  /** Answers all who wait, with their own cursor, and holds nobody any more. */
  stop(): void {
    this.#stopped = true
    for (const id of [...this.#rooms.keys()]) this.#forget(id)
  }

  #room(id: number): RoomWaits {
    const known = this.#rooms.get(id)
    if (known) return known
    if (this.#rooms.size >= limits.rememberedRooms) this.#forgetQuietRooms()
    const room: RoomWaits = { head: 0, groups: new Map(), delivering: false }
    this.#rooms.set(id, room)
    return room
  }

  /** The head of a room where nobody waits comes back with the next request for it. */
  #forgetQuietRooms(): void {
    for (const [id, room] of this.#rooms) if (room.groups.size === 0) this.#rooms.delete(id)
  }

  #forget(id: number): void {
    const room = this.#rooms.get(id)
    this.#rooms.delete(id)
    for (const group of room?.groups.values() ?? []) wakeAll(group, nothing(group.after))
  }

  /** Requests for the same read share it, if they knew of the same head when they asked. */
  #read(wait: Wait, head: number): Promise<Batch> {
    const key = `${wait.roomId} ${wait.after} ${wait.limit} ${head}`
    const running = this.#reads.get(key)
    if (running) return running
    const read = readLog(this.#sql, wait.roomId, wait.after, wait.limit).finally(() =>
      this.#reads.delete(key),
    )
    this.#reads.set(key, read)
    return read
  }

  #hold(room: RoomWaits, wait: Wait): Promise<Batch> {
    const key = `${wait.after} ${wait.limit}`
    const group = room.groups.get(key) ?? newGroup(wait)
    room.groups.set(key, group)
    this.#held++
    return new Promise((resolve) => {
      const leave = () => waiter.wake(nothing(wait.after))
      const timer = setTimeout(leave, wait.ms)
      const waiter: Waiter = {
        wake: (batch) => {
          if (!group.waiters.delete(waiter)) return
          if (group.waiters.size === 0 && room.groups.get(key) === group) room.groups.delete(key)
          clearTimeout(timer)
          wait.signal.removeEventListener('abort', leave)
          this.#held--
          resolve(batch)
        },
      }
      group.waiters.add(waiter)
      wait.signal.addEventListener('abort', leave)
    })
  }

  /** One query for all who wait in a room; the same batch for all of a group. */
  async #deliver(roomId: number, room: RoomWaits): Promise<void> {
    if (room.delivering) return
    room.delivering = true
    try {
      for (;;) {
        const lowest = Math.min(...[...room.groups.values()].map((group) => group.after))
        if (lowest >= room.head) break
        const read = await readLog(this.#sql, roomId, lowest, limits.pageMessages)
        if (read.events.length === 0) break
        for (const group of [...room.groups.values()]) {
          const batch = cut(read.events, group.after, group.limit)
          if (batch.events.length === 0) continue
          wakeAll(group, { ...batch, more: batch.more || read.more })
        }
      }
    } catch (error) {
      if (!databaseIsAway(error)) this.#onError(error)
    } finally {
      room.delivering = false
    }
  }
}

const newGroup = (wait: Wait): Group => ({
  after: wait.after,
  limit: wait.limit,
  waiters: new Set(),
})

const nothing = (after: number): Batch => ({ events: [], next: after, more: false })

function wakeAll(group: Group, batch: Batch): void {
  for (const waiter of [...group.waiters]) waiter.wake(batch)
}

const tooManyWaits = () =>
  new Refusal('unavailable', 'Too many are waiting here just now. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
