import { limits } from '../../limits.ts'
import { Refusal } from '../refusal.ts'
import { databaseIsAway, reportedCode, type Transact } from '../sql.ts'
import { byRoom, store, takeBatch, type Waiting } from './batch.ts'
import type { Answered } from './kind.ts'

type Options = {
  transact: Transact
  /** Told once for each room of a stored batch, with the newest number. */
  onMoved: (roomId: number, seq: number) => void
  /** Takes changes of one room whose lock did not come. */
  onStuck: (batch: Waiting[]) => void
  /** Told when nothing is left to do, and whether its last transaction was stored. */
  onIdle?: (stored: boolean) => void
}

const LOCK_TIMEOUT = '55P03'

/** Stands for the server's own log where a room's number may stand (`SERVER_LOG` in live/log.ts). */
const SERVER = 0

type Numbered = Pick<Answered<unknown>, 'seq' | 'serverSeq'>

/** Stores the changes of some rooms, one transaction at a time: at once when none is under way. */
export class Lane {
  readonly #options: Options
  #queue: Waiting[] = []
  #running = false

  constructor(options: Options) {
    this.#options = options
  }

  /** Whether nothing waits here and nothing is under way. */
  get isIdle(): boolean {
    return !this.#running && this.#queue.length === 0
  }

  add(...changes: Waiting[]): void {
    this.#queue.push(...changes)
    if (!this.#running) void this.#run()
  }

  /** Takes the waiting changes of a room out of the lane, in their order. */
  takeOut(roomId: number): Waiting[] {
    const out = this.#queue.filter(({ change }) => change.roomId === roomId)
    this.#queue = this.#queue.filter(({ change }) => change.roomId !== roomId)
    return out
  }

  async #run(): Promise<void> {
    this.#running = true
    let stored = false
    while (this.#queue.length > 0) {
      const { batch, left } = takeBatch(this.#queue)
      this.#queue = left
      stored = await this.#store(batch, limits.lockMs)
    }
    this.#running = false
    this.#options.onIdle?.(stored)
  }

  /**
   * Never rejects: whatever happens is told to those who wait for it.
   * @returns whether the batch was stored as a whole.
   */
  async #store(asked: readonly Waiting[], lockMs: number): Promise<boolean> {
    const batch = inTime(asked)
    if (batch.length === 0) return false
    const changes = batch.map(({ change }) => change)
    try {
      const answers = await store(this.#options.transact, changes, lockMs)
      this.#tellMoved(batch, answers)
      batch.forEach((waiting, i) => {
        const answer = answers[i]
        if (answer) waiting.settle(answer.outcome)
      })
      return true
    } catch (error) {
      await this.#storeApart(batch, error)
      return false
    }
  }

  /**
   * A batch that failed goes again in parts, so that one room or one change does not fail the rest.
   * Only where it is certain that nothing was stored: else whoever sent it decides, by its nonce.
   */
  async #storeApart(batch: Waiting[], error: unknown): Promise<void> {
    const code = reportedCode(error)
    const isLocked = code === LOCK_TIMEOUT
    const isCertain = code !== undefined && (isLocked || !databaseIsAway(error))
    const rooms = byRoom(batch)
    if (isCertain && rooms.length > 1) {
      for (const room of rooms) await this.#store(room, limits.roomLockMs)
    } else if (isLocked) {
      this.#options.onStuck(batch)
    } else if (isCertain && batch.length > 1) {
      for (const waiting of batch) await this.#store([waiting], limits.lockMs)
    } else {
      for (const { fail } of batch) fail(error)
    }
  }

  #tellMoved(batch: readonly Waiting[], answers: readonly Numbered[]): void {
    const heads = new Map<number, number>()
    const reach = (logId: number, seq: number | null | undefined) => {
      if (seq && seq > (heads.get(logId) ?? 0)) heads.set(logId, seq)
    }
    // Before all else: whoever has lost something is to be told nothing more.
    for (const { serverSeq } of answers) reach(SERVER, serverSeq)
    batch.forEach(({ change }, i) => {
      reach(change.roomId, answers[i]?.seq)
    })
    for (const [roomId, seq] of heads) this.#options.onMoved(roomId, seq)
  }
}

/** Those whose sender has not been told yet that it took too long. */
function inTime(batch: readonly Waiting[]): Waiting[] {
  const now = performance.now()
  return batch.filter((waiting) => {
    if (waiting.deadline > now) return true
    waiting.settle(tooLate())
    return false
  })
}

/** It was not stored, and is not going to be. */
export const tooLate = () =>
  new Refusal('unavailable', 'This room takes nothing just now. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
