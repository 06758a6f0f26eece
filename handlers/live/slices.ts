/**
 * Does something for each of many, in the order in which they came, a few milliseconds at a time:
 * between two slices everybody else has their turn.
 */
export class Slices<T, For> {
  readonly #sliceMs: number
  readonly #each: (item: T, what: For) => void
  readonly #waiting: { items: readonly T[]; what: For }[] = []
  #next = 0
  #scheduled = false

  /**
   * @param sliceMs how long one slice may take.
   * @param each must not throw.
   */
  constructor(sliceMs: number, each: (item: T, what: For) => void) {
    this.#sliceMs = sliceMs
    this.#each = each
  }

  /**
   * The first slice is done at once, when none is waiting.
   * @param what is the same for all of these.
   */
  push(items: readonly T[], what: For): void {
    if (items.length === 0) return
    this.#waiting.push({ items, what })
    if (!this.#scheduled) this.#slice()
  }

  #slice(): void {
    this.#scheduled = true
    const end = performance.now() + this.#sliceMs
    // Reading the clock costs as much as some of the work.
    for (let done = 1; this.#waiting.length > 0; done++) {
      this.#one()
      if (done % 16 === 0 && performance.now() > end) break
    }
    if (this.#waiting.length > 0) setImmediate(() => this.#slice())
    else this.#scheduled = false
  }

  #one(): void {
    const { items, what } = this.#waiting[0] as { items: readonly T[]; what: For }
    this.#each(items[this.#next++] as T, what)
    if (this.#next < items.length) return
    this.#waiting.shift()
    this.#next = 0
  }
}
