import { Bag } from './bag.ts'

/** Something that is due at some time; the wheel keeps here where it has put it. */
export type Timed = { slot: Slot | undefined; inSlot: number }

export type Slot = Bag<'inSlot', Timed>

/** So far the wheel may lag behind without anything being handed over too early. */
const SPARE_SPANS = 20

/**
 * One timer for all that wait: what is due in the same span of time stands in the same slot, and
 * is handed over together when the span is over.
 */
export class Wheel<T extends Timed> {
  readonly #spanMs: number
  readonly #onDue: (due: T[]) => void
  readonly #slots: Slot[]
  #timer: NodeJS.Timeout | undefined
  #count = 0
  /** The span that is over. */
  #at = 0

  /**
   * @param spanMs how exact it is: nothing is handed over before its time, nor much later than this.
   * @param mostMs the longest time that something may wait here.
   * @param onDue is handed what is due; it stands in the wheel no more.
   */
  constructor(spanMs: number, mostMs: number, onDue: (due: T[]) => void) {
    this.#spanMs = spanMs
    this.#onDue = onDue
    const spans = Math.ceil(mostMs / spanMs) + SPARE_SPANS
    this.#slots = Array.from({ length: spans }, () => new Bag('inSlot'))
  }

  /** How many stand here. */
  get count(): number {
    return this.#count
  }

  /** @param ms from now on; at most what the wheel was made for. */
  add(item: T, ms: number): void {
    this.delete(item)
    // After a sleep there is no slot for what comes so late, until what is due has been handed over.
    if (this.#timer && this.#now() - this.#at > SPARE_SPANS - 2) this.#turn()
    if (!this.#timer) this.#start()
    const due = this.#now() + Math.ceil(ms / this.#spanMs) + 1
    const slot = this.#slotAt(Math.min(due, this.#at + this.#slots.length - 1))
    slot.add(item)
    item.slot = slot
    this.#count++
  }

  delete(item: T): void {
    if (!item.slot?.delete(item)) return
    item.slot = undefined
    this.#count--
    if (this.#count === 0) this.#rest()
  }

  #start(): void {
    this.#at = this.#now()
    this.#timer = setInterval(() => this.#turn(), this.#spanMs)
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #now(): number {
    return Math.floor(performance.now() / this.#spanMs)
  }

  #slotAt(span: number): Slot {
    return this.#slots[span % this.#slots.length] as Slot
  }

  /** A process that was held up or asleep has several spans to catch up with. */
  #turn(): void {
    const now = this.#now()
    const spans = Math.min(now - this.#at, this.#slots.length)
    const due: T[] = []
    for (let i = 1; i <= spans; i++) {
      for (const item of this.#slotAt(this.#at + i).take()) due.push(item as T)
    }
    this.#at = now
    this.#count -= due.length
    if (this.#count === 0) this.#rest()
    for (const item of due) item.slot = undefined
    if (due.length > 0) this.#onDue(due)
  }
}
