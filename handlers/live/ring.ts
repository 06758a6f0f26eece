import { sizeOf } from '../chat/messages.ts'
import { limits } from '../limits.ts'
import type { LogEvent } from './log.ts'

/**
 * The newest events of a room without a gap, as many as are kept: what an instance need not read
 * again. Everything past `from` and up to `top` is here.
 */
export class Ring {
  #events: LogEvent[] = []
  #chars = 0
  #from: number

  /** @param from the number past which the events will come. */
  constructor(from: number) {
    this.#from = from
  }

  get from(): number {
    return this.#from
  }

  /** The newest number that is here. */
  get top(): number {
    return this.#events.at(-1)?.seq ?? this.#from
  }

  /** Whether all that follows a number, as far as it is known, is here. */
  covers(after: number): boolean {
    return after >= this.#from
  }

  /** @param events that follow the top, oldest first; those of the last push are all kept. */
  push(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.type !== 'message.posted') this.#renew(event)
      this.#events.push(event)
      this.#chars += charsOf(event)
    }
    this.#trim(events.length)
  }

  /**
   * Lets go of what has this number or a lower one, all of which the ring has heard of.
   * @returns whether there was any.
   */
  expire(seq: number): boolean {
    if (seq <= this.#from) return false
    const kept = this.past(seq)
    this.#events = [...kept]
    this.#chars = kept.reduce((sum, event) => sum + charsOf(event), 0)
    this.#from = seq
    return true
  }

  /** The events past a number that is covered. */
  past(after: number): readonly LogEvent[] {
    // Numbers have no gaps, so a number says where its event stands.
    return this.#events.slice(Math.max(0, after - this.#from))
  }

  /** An event carries its message as it is now, also when the event is older than the change. */
  #renew({ message }: LogEvent): void {
    if (!message) return
    this.#events = this.#events.map((event) => {
      if (event.message?.n !== message.n) return event
      this.#chars += sizeOf(message) - charsOf(event)
      return { ...event, message }
    })
  }

  /** @param fresh so many of the newest stay whatever their size: who waits is to be told of them. */
  #trim(fresh: number): void {
    const most = this.#events.length - fresh
    let gone = 0
    while (gone < most && this.#isOver(this.#events.length - gone)) {
      this.#chars -= charsOf(this.#events[gone++])
    }
    if (gone === 0) return
    this.#from = this.#events[gone - 1]?.seq ?? this.#from
    this.#events = this.#events.slice(gone)
  }

  #isOver(count: number): boolean {
    return count > limits.ringEvents || this.#chars > limits.ringChars
  }
}

const charsOf = (event: LogEvent | undefined) => (event?.message ? sizeOf(event.message) : 0)
