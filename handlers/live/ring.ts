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

  /** @param events that follow the top, oldest first. */
  push(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.type !== 'message.posted') this.#renew(event)
      this.#events.push(event)
      this.#chars += charsOf(event)
    }
    this.#trim()
  }

  /** The events past a number that is covered. */
  past(after: number): readonly LogEvent[] {
    // Numbers have no gaps, so a number says where its event stands.
    return this.#events.slice(Math.max(0, after - this.#from))
  }

  /** An event carries its message as it is now, also when the event is older than the change. */
  #renew({ message }: LogEvent): void {
    if (!message) return
    this.#events = this.#events.map((event) =>
      event.message?.n === message.n ? { ...event, message } : event,
    )
  }

  #trim(): void {
    let gone = Math.max(0, this.#events.length - limits.ringEvents)
    for (let i = 0; i < gone; i++) this.#chars -= charsOf(this.#events[i])
    // The newest stays whatever its size: those who wait are to be told of it.
    while (this.#chars > limits.ringChars && gone < this.#events.length - 1) {
      this.#chars -= charsOf(this.#events[gone++])
    }
    if (gone === 0) return
    this.#from = this.#events[gone - 1]?.seq ?? this.#from
    this.#events = this.#events.slice(gone)
  }
}

const charsOf = (event: LogEvent | undefined) => event?.message?.body.length ?? 0
