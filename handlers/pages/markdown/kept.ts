/** What was used last, by its text; as much of it as fits into so many characters. */
export class Kept<T extends string> {
  readonly #chars: number
  readonly #items = new Map<string, T>()
  #size = 0

  /** @param chars of keys and values together. */
  constructor(chars: number) {
    this.#chars = chars
  }

  get(key: string): T | undefined {
    const value = this.#items.get(key)
    if (value === undefined) return undefined
    // A Map keeps the order in which its keys came: what is used goes to the end.
    this.#items.delete(key)
    this.#items.set(key, value)
    return value
  }

  /** Keeps something that is not kept yet. */
  set(key: string, value: T): void {
    this.#items.set(key, value)
    this.#size += key.length + value.length
    for (const [oldest, left] of this.#items) {
      if (this.#size <= this.#chars) return
      this.#items.delete(oldest)
      this.#size -= oldest.length + left.length
    }
  }
}
