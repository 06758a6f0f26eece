import type { Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { SERVER_LOG } from './log.ts'
import type { Follower, Heads } from './sweep.ts'

/** A change that concerns the whole server. */
export type ServerEvent = {
  seq: number
  /**
   * `person.changed`: another name or colour. `hints.changed`: whether others are told that they are
   * here. `session.ended`: one of their sessions, or all.
   * `access.changed`: they see less than before. Of nobody in particular: `room.closed` and
   * `policy.changed`; `secret.changed`: cookies are signed by another secret.
   */
  type: string
  personId: number | null
  roomId: number | null
  at: Date
}

type Options = {
  sql: Sql
  /** Where the log stood before anybody was looked up here; undefined for as the first sweep finds it. */
  begin: number | undefined
  /** Each change, once and in order. */
  onEvent: (event: ServerEvent) => void
  /** Changes cannot be told one by one any more: whatever is remembered may be wrong. */
  onLost: () => void
  /** Reads that failed; the next sweep tries again. */
  onError: (error: unknown) => void
}

/**
 * Follows the server's log, so that an instance may remember what it has read of people. Who
 * remembers something asks three things:
 * - `isTrusted` before believing what is remembered, and before reading what is to be remembered:
 *   nothing is told of changes that were made before the log is followed;
 * - `moves` before and after such a reading: where it differs, what was read may be older than what
 *   has been told meanwhile, and is not kept.
 */
export class ServerLog implements Follower {
  readonly #options: Options
  /** The number of the last event that was told; undefined where none is known yet, or any more. */
  #place: number | undefined
  /** The newest number that this instance has heard of. */
  #head: number
  /** Who waits until the log has been followed to a number. */
  #fences: Fence[] = []
  #swept = { head: 0, askedAt: 0 }
  #atEndAt = Number.NEGATIVE_INFINITY
  #usedAt = Date.now()
  #moves = 0
  #reading = false

  constructor(options: Options) {
    this.#options = options
    this.#place = options.begin
    this.#head = options.begin ?? 0
  }

  /**
   * Comes back when all up to a number has been told, or memory was lost and all with it. A read of
   * a room's log sees how far the server's log had come, and what it read is for nobody before that
   * has been told: so nothing that was said after somebody lost their access reaches them.
   * Rejects where the log cannot be read; it is tried again by the next sweep.
   */
  reached(seq: number): Promise<void> | undefined {
    if (this.#place === undefined || this.#place >= seq) return undefined
    const told = new Promise<void>((resolve, reject) => this.#fences.push({ seq, resolve, reject }))
    if (seq > this.#head) this.#head = seq
    void this.#follow()
    return told
  }

  /** The newest number that this instance has heard of. */
  get head(): number {
    return this.#head
  }

  /** Another number whenever something was told. */
  get moves(): number {
    return this.#moves
  }

  /**
   * Whether the log was followed to its end a moment ago. Otherwise nothing that is remembered may
   * be believed: the database is asked instead. Asking this keeps the log being swept.
   */
  isTrusted(now: number = Date.now()): boolean {
    this.#usedAt = now
    const age = now - this.#atEndAt
    // An age below zero: the clock was set back, and says nothing until the next sweep.
    return this.#place !== undefined && age >= 0 && age <= limits.trustMs
  }

  /** The log has reached a number, as a bell or a change of this instance tells. */
  advance(seq: number): void {
    if (seq <= this.#head) return
    this.#head = seq
    void this.#follow()
  }

  believed(): Heads {
    const isUnused = Date.now() - this.#usedAt > limits.knownIdleMs
    return isUnused ? nothing : new Map([[SERVER_LOG, this.#place ?? 0]])
  }

  swept(heads: Heads, believed: Heads, askedAt: number): void {
    const head = heads.get(SERVER_LOG)
    if (head === undefined) this.#lose(undefined)
    else this.#compare(head, believed.get(SERVER_LOG) ?? 0, askedAt)
  }

  #compare(head: number, believed: number, askedAt: number): void {
    this.#swept = { head, askedAt }
    if (this.#place === undefined) this.#place = head
    else if (head < believed) this.#lose(head)
    this.#head = Math.max(this.#head, head)
    this.#settle()
    void this.#follow()
  }

  /** Reads what is past the place, one read at a time, until there is no more. */
  async #follow(): Promise<void> {
    if (this.#reading) return
    this.#reading = true
    try {
      while (this.#place !== undefined && this.#place < this.#head) {
        const moves = this.#moves
        const events = await readServerLog(this.#options.sql, this.#place)
        if (moves === this.#moves) this.#take(events, this.#place)
      }
    } catch (error) {
      for (const { reject } of this.#fences.splice(0)) reject(error)
      this.#options.onError(error)
    } finally {
      this.#reading = false
    }
  }

  #take(events: ServerEvent[], place: number): void {
    const last = events.at(-1)?.seq
    if (last === undefined) this.#takeNothing(place)
    else if (last !== place + events.length) this.#lose(last)
    else for (const event of events) this.#tell(event)
    this.#settle()
  }

  /** A head of the database's own without its events is a gap; that of a bell is only wrong. */
  #takeNothing(place: number): void {
    const head = Math.max(this.#swept.head, ...this.#fences.map(({ seq }) => seq))
    if (head > place) this.#lose(head)
    else this.#head = place
  }

  #tell(event: ServerEvent): void {
    this.#options.onEvent(event)
    this.#place = event.seq
    this.#moves++
    this.#open()
  }

  #lose(place: number | undefined): void {
    this.#place = place
    this.#options.onLost()
    this.#moves++
    // Nobody who was let in by what was remembered waits any more.
    for (const { resolve } of this.#fences.splice(0)) resolve()
  }

  #open(): void {
    const place = this.#place ?? 0
    const open = this.#fences.filter(({ seq }) => seq <= place)
    if (open.length === 0) return
    this.#fences = this.#fences.filter(({ seq }) => seq > place)
    for (const { resolve } of open) resolve()
  }

  #settle(): void {
    const { head, askedAt } = this.#swept
    if (this.#place !== undefined && this.#place >= head) this.#atEndAt = askedAt
  }
}

type Fence = { seq: number; resolve: () => void; reject: (reason: unknown) => void }

const nothing: Heads = new Map()

async function readServerLog(sql: Sql, after: number): Promise<ServerEvent[]> {
  const { rows } = await sql.query<ServerEvent>(
    `select seq, type, person_id as "personId", room_id as "roomId", at
       from server_log where seq > $1 order by seq limit $2`,
    [after, limits.serverLogEvents],
  )
  return rows
}
