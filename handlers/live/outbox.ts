import { limits } from '../limits.ts'
import { EVERYTHING, writeHint, writeHints, writePayload } from './doorbell.ts'

/** What goes out together: a payload of heads and one of hints, empty where there is none. */
export type Outgoing = { heads: string; hints: string }

/**
 * Gathers what is to be rung. Something rung after a silence goes out at once; while one sending is
 * under way, and for `limits.doorbellGatherMs` after it began, what comes is gathered for the next.
 * However much is rung, it holds one payload of each kind at the most.
 */
export class Outbox {
  readonly #from: string
  readonly #send: (outgoing: Outgoing) => Promise<void>
  #heads = new Map<number, number>()
  #isEverything = false
  #hints = new Set<string>()
  #hintBytes = 0
  #isRunning = false
  #isClosed = false
  #sending: Promise<void> = Promise.resolve()

  /**
   * @param from the nonce that hints are sent under.
   * @param send takes what goes out, and comes back when that is done or given up; never rejects.
   */
  constructor(from: string, send: (outgoing: Outgoing) => Promise<void>) {
    this.#from = from
    this.#send = send
    this.#hintBytes = this.#emptyBytes
  }

  /** Rings for a room: the highest number of each goes out. */
  ring(roomId: number, seq: number): void {
    if (this.#isClosed) return
    this.#heads.set(roomId, Math.max(seq, this.#heads.get(roomId) ?? 0))
    if (this.#heads.size > limits.doorbellRooms) {
      this.#heads.clear()
      this.#isEverything = true
    }
    this.#begin()
  }

  /** Tells of a room; dropped when it is too long, or when a payload is full. */
  hint(roomId: number, text: string): void {
    if (this.#isClosed || text.length > limits.hintBytes) return
    const hint = writeHint(roomId, text)
    const bytes = Buffer.byteLength(hint)
    if (bytes > limits.hintBytes || this.#hints.has(hint)) return
    if (this.#hintBytes + bytes + 1 > limits.doorbellPayloadBytes) return
    this.#hintBytes += bytes + 1
    this.#hints.add(hint)
    this.#begin()
  }

  /** Sends what is left, after what is under way; then takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#sending
    if (!this.#isEmpty) await this.#sendAll()
  }

  get #isEmpty(): boolean {
    return this.#heads.size === 0 && !this.#isEverything && this.#hints.size === 0
  }

  get #emptyBytes(): number {
    return Buffer.byteLength(writeHints(this.#from, []))
  }

  #begin(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    // What is rung in the same turn goes out together.
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    while (!this.#isEmpty && !this.#isClosed) {
      const paused = pause(limits.doorbellGatherMs)
      this.#sending = this.#sendAll()
      await Promise.all([this.#sending, paused])
    }
    this.#isRunning = false
  }

  #sendAll(): Promise<void> {
    const heads = this.#isEverything
      ? EVERYTHING
      : writePayload(this.#heads, limits.doorbellPayloadBytes)
    const hints = this.#hints.size > 0 ? writeHints(this.#from, this.#hints) : ''
    this.#heads = new Map()
    this.#isEverything = false
    this.#hints = new Set()
    this.#hintBytes = this.#emptyBytes
    return this.#send({ heads, hints })
  }
}

/** Keeps no process alive: what is left when it ends goes out by `close`. */
const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
