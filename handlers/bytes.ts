/** Reads bytes that come by and by: so many, up to a mark, or all. Holds no more than is asked for. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)
  #ended = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** What has come and was not taken yet. */
  get held(): Buffer {
    return this.#held
  }

  /** Waits until at least so many bytes are held. @returns false where there are fewer until the end. */
  async fill(bytes: number): Promise<boolean> {
    if (this.#held.length >= bytes) return true
    const pieces = [this.#held]
    let length = this.#held.length
    while (length < bytes && !this.#ended) {
      const { value, done } = await this.#source.next()
      if (done) this.#ended = true
      else pieces.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength))
      length += done ? 0 : value.byteLength
    }
    this.#held =
      pieces.length === 2 && pieces[0]?.length === 0 ? (pieces[1] as Buffer) : Buffer.concat(pieces)
    return length >= bytes
  }

  /** Waits for more than is held. @returns false at the end. */
  more(): Promise<boolean> {
    return this.fill(this.#held.length + 1)
  }

  /** Takes so many of the bytes that are held. */
  take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes)
    this.#held = this.#held.subarray(bytes)
    return taken
  }

  /** The next bytes, exactly so many; null where there are fewer. */
  async read(bytes: number): Promise<Buffer | null> {
    return (await this.fill(bytes)) ? this.take(bytes) : null
  }

  /** The next bytes as they come, at most so many. */
  async *pass(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      if (this.#held.length === 0 && !(await this.more())) return
      const piece = this.take(Math.min(left, this.#held.length))
      left -= piece.length
      yield piece
    }
  }

  /** All that is left, as it comes. */
  async *rest(): AsyncGenerator<Buffer> {
    while (this.#held.length > 0 || (await this.more())) yield this.take(this.#held.length)
  }
}

/**
 * The same bytes in pieces of one size, the last one smaller. A piece is good until the next one is
 * asked for: all of them are one buffer, since many large ones would lie about until they are collected.
 */
export async function* inPieces(
  bytes: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer> {
  const piece = Buffer.allocUnsafeSlow(size)
  let held = 0
  for await (const some of bytes) {
    for (let at = 0; at < some.length; ) {
      const more = Math.min(size - held, some.length - at)
      piece.set(some.subarray(at, at + more), held)
      held += more
      at += more
      if (held < size) continue
      yield piece
      held = 0
    }
  }
  if (held > 0) yield piece.subarray(0, held)
}
