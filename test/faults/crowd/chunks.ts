/** A body in chunks, taken apart as it comes. Texts hold one character for each byte (latin1). */
export class Chunks {
  #received = ''
  /** Bytes of the chunk under way that are still to come, its line end among them. */
  #left = 0
  #ended = false

  /** Whether the body came to its end, as its sender meant it to. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Takes what has come.
   * @returns what of the body is in it
   * @throws {Error} for what is no length where one should be
   */
  take(text: string): string {
    this.#received += text
    let body = ''
    while (!this.#ended) {
      if (this.#left === 0 && !this.#begin()) break
      const part = this.#received.slice(0, this.#left)
      if (part === '') break
      // Of the two bytes that end a chunk, those that are in this part.
      const over = Math.max(0, part.length - Math.max(0, this.#left - 2))
      body += part.slice(0, part.length - over)
      this.#received = this.#received.slice(part.length)
      this.#left -= part.length
    }
    return body
  }

  /** Reads a chunk's length. @returns false where it is not whole yet, or the last one */
  #begin(): boolean {
    const line = this.#received.indexOf('\r\n')
    if (line < 0) return false
    const bytes = Number.parseInt(this.#received.slice(0, line), 16)
    if (Number.isNaN(bytes)) throw new Error(`no length: ${this.#received.slice(0, line)}`)
    this.#received = this.#received.slice(line + 2)
    this.#ended = bytes === 0
    this.#left = bytes + 2
    return !this.#ended
  }
}
