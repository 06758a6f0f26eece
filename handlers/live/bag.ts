/**
 * Many things in no order, each of which knows its place here, so that it is taken out without a
 * search. What a Set leaves behind when it grows and shrinks keeps alive, for the garbage
 * collector's next generation, all that stood in it: with thousands that come and go that is most
 * of its work.
 */
export class Bag<Key extends string, T extends Record<Key, number>> {
  readonly #key: Key
  #items: T[] = []

  /** @param key the property in which a thing keeps its place. */
  constructor(key: Key) {
    this.#key = key
  }

  get size(): number {
    return this.#items.length
  }

  /** @param item stands in no other bag with the same key. */
  add(item: T): void {
    this.#put(item, this.#items.length)
  }

  /** @returns whether it was here. */
  delete(item: T): boolean {
    const place = item[this.#key]
    if (this.#items[place] !== item) return false
    const last = this.#items.pop() as T
    if (last !== item) this.#put(last, place)
    return true
  }

  /** Takes everything out. */
  take(): T[] {
    const items = this.#items
    this.#items = []
    return items
  }

  /** All that is here now. */
  all(): T[] {
    return [...this.#items]
  }

  #put(item: T, place: number): void {
    this.#items[place] = item
    const placed: Record<Key, number> = item
    placed[this.#key] = place
  }
}
