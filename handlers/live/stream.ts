import { limits } from '../limits.ts'
import type { Hint } from './hints.ts'
import type { Batch } from './log.ts'
import { once } from './once.ts'
import { Stream, type Waiter } from './wait.ts'

/** The way out of an event stream, as the runtime gives it. */
export type Pipe = {
  /** The bytes of a text as they go over this kind of pipe: made once for all pipes of a kind. */
  frame(text: string): Uint8Array
  /** Names the kind. */
  readonly kind: string
  /** @returns the bytes that are written and not yet taken by the reader. */
  write(bytes: Uint8Array): number
  /** Fulfilled when the reader has taken what was written, or is gone. */
  drained(): Promise<void>
  /** After what was written. */
  end(): void
  /** At once. */
  cut(): void
}

/** What a stream says of itself: when to come back, and that it lives. */
export const GREETING = `retry: ${limits.streamRetryMs}\n:\n\n`
const BEAT = ':\n\n'

/** An event stream that is held by the hub. */
export class EventStream extends Stream {
  readonly #pipe: Pipe
  readonly #bytesOf: (batch: Batch) => Uint8Array
  readonly #gone: () => void
  readonly #until: number
  /** The number up to which the reader has been told. */
  at = 0

  /**
   * @param bytesOf a batch as this stream's form and pipe have it, made once for all alike.
   * @param gone is called when the stream has been cut, since its reader does not read.
   */
  constructor(pipe: Pipe, bytesOf: (batch: Batch) => Uint8Array, gone: () => void, who?: Waiter) {
    super(limits.heartbeatMs, who)
    this.#pipe = pipe
    this.#bytesOf = bytesOf
    this.#gone = gone
    // Not all that came at once go at once.
    this.#until = performance.now() + limits.streamMs * (1 - Math.random() / 5)
  }

  tell(batch: Batch): void {
    this.at = batch.next
    this.write(this.#bytesOf(batch))
  }

  write(bytes: Uint8Array): void {
    // What is written just now nobody can have read yet: a page may be longer than the bound.
    const unread = this.#pipe.write(bytes) - bytes.length
    if (unread <= limits.streamUnreadBytes) return
    this.#gone()
    this.#pipe.cut()
  }

  hint(hint: Hint): void {
    const bytes = () => this.#pipe.frame(`event: hint\ndata: ${oneLine(hint.text)}\n\n`)
    this.write(once(hint, this.#pipe.kind, bytes))
  }

  beat(): boolean {
    if (performance.now() > this.#until) return false
    this.write(beatOf(this.#pipe))
    return !this.done
  }

  end(): void {
    this.#pipe.end()
  }
}

/** In JSON a line end stands between its words alone. */
const oneLine = (json: string) => json.replace(/[\r\n]+/g, ' ')

const beats = new Map<string, Uint8Array>()

function beatOf(pipe: Pipe): Uint8Array {
  const known = beats.get(pipe.kind)
  if (known) return known
  const beat = pipe.frame(BEAT)
  beats.set(pipe.kind, beat)
  return beat
}
