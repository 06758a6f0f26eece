import { limits } from '../../limits.ts'
import { Refusal } from '../refusal.ts'
import type { Transact } from '../sql.ts'
import { charsOf, type Waiting } from './batch.ts'
import type { Change, ChangeOf, KindName, Outcome, OutcomeOf } from './kinds.ts'
import { Lane, tooLate } from './lane.ts'

type Options = {
  transact: Transact
  /** Told after the commit, once for each log of a batch that has reached a number; 0 is the server's. */
  onMoved: (roomId: number, seq: number) => void
}

/**
 * The one way to the rooms' logs of an instance. What comes while a transaction is under way goes
 * together into the next one, so that a hot room costs one flush to disk for hundreds of messages.
 */
export class Writing {
  readonly #options: Options
  readonly #lanes: readonly Lane[]
  /** Rooms whose lock did not come, each in a lane of its own until it does. */
  readonly #stuck = new Map<number, Lane>()
  #changes = 0
  #chars = 0
  #stopped = false
  #onEmpty: (() => void)[] = []

  constructor(options: Options) {
    this.#options = options
    const lane = () => new Lane({ ...options, onStuck: (batch) => this.#putApart(batch) })
    this.#lanes = Array.from({ length: limits.writeLanes }, lane)
  }

  /**
   * Changes a room's log, and comes back when that is stored for good. Rejects where it is not
   * known whether it is stored: sent again with its nonce, that is settled.
   *
   * @param deadline when it is given up while it waits, on the clock of `performance.now()`.
   * @returns `unavailable` when the queue is full, the room takes nothing or the server stops.
   */
  write<Name extends KindName>(
    change: ChangeOf<Name> & { kind: Name },
    deadline: number,
  ): Promise<OutcomeOf<Name> | Refusal> {
    return this.#write(change, deadline) as Promise<OutcomeOf<Name> | Refusal>
  }

  #write(change: Change, deadline: number): Promise<Outcome | Refusal> {
    const chars = charsOf(change)
    if (this.#stopped || this.#isFull(chars)) return Promise.resolve(tooMuch())
    this.#changes++
    this.#chars += chars
    return new Promise((resolve, reject) => {
      this.#laneOf(change.roomId).add({
        change,
        chars,
        deadline,
        settle: (outcome) => {
          this.#leave(chars)
          resolve(outcome)
        },
        fail: (error) => {
          this.#leave(chars)
          reject(error)
        },
      })
    })
  }

  /** Takes nothing any more, and comes back when all that was taken is stored or refused. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#changes > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve))
  }

  #isFull(chars: number): boolean {
    return this.#changes >= limits.queuedChanges || this.#chars + chars > limits.queuedChars
  }

  #leave(chars: number): void {
    this.#changes--
    this.#chars -= chars
    if (this.#changes === 0) for (const tell of this.#onEmpty.splice(0)) tell()
  }

  /** A room is always in the same lane, so that its changes are stored in the order they came. */
  #laneOf(roomId: number): Lane {
    return this.#stuck.get(roomId) ?? (this.#lanes[roomId % this.#lanes.length] as Lane)
  }

  /** A room whose lock does not come goes on in a lane of its own, and holds up no other. */
  #putApart(batch: Waiting[]): void {
    const roomId = batch[0]?.change.roomId
    if (roomId === undefined) return
    const waiting = [...batch, ...this.#laneOf(roomId).takeOut(roomId)]
    const lane = this.#stuck.get(roomId) ?? this.#openStuck(roomId)
    if (lane) lane.add(...waiting)
    else refuse(waiting)
  }

  /**
   * A lane that a room leaves when its lock came and nothing is left to store.
   * @returns undefined when as many rooms as may be are stuck.
   */
  #openStuck(roomId: number): Lane | undefined {
    if (this.#stuck.size >= limits.stuckRooms) this.#forgetIdle()
    if (this.#stuck.size >= limits.stuckRooms) return undefined
    const lane = new Lane({
      ...this.#options,
      onStuck: refuse,
      onIdle: (stored) => {
        if (stored && this.#stuck.get(roomId) === lane) this.#stuck.delete(roomId)
      },
    })
    this.#stuck.set(roomId, lane)
    return lane
  }

  #forgetIdle(): void {
    for (const [roomId, lane] of this.#stuck) if (lane.isIdle) this.#stuck.delete(roomId)
  }
}

function refuse(batch: readonly Waiting[]): void {
  for (const { settle } of batch) settle(tooLate())
}

const tooMuch = () =>
  new Refusal('unavailable', 'Too much is being written here just now. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
