import type { ByteReader } from '../bytes.ts'
import type { Seen } from './seen.ts'

/**
 * A GIF as it is, since it has nowhere to say where it was taken. Its size is that of its screen or
 * of what reaches beyond it: browsers make the screen as large as the first picture.
 * https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export async function* sizedGif(reader: ByteReader, seen: Seen): AsyncGenerator<Buffer> {
  const walk = new Walk(seen)
  for await (const bytes of reader.rest()) {
    walk.feed(bytes)
    yield bytes
  }
}

const HEAD = 13
const DESCRIPTOR = 9
const [EXTENSION, IMAGE] = [0x21, 0x2c]

/** Goes through the blocks of a GIF as they come by, and looks at what has a size. */
class Walk {
  readonly #seen: Seen
  #read: (part: Buffer) => void = (head) => this.#head(head)
  /** So many bytes are read next, when so many have been passed over. */
  #needs = HEAD
  #skips = 0
  #part: Buffer = Buffer.alloc(0)

  constructor(seen: Seen) {
    this.#seen = seen
  }

  feed(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length && this.#needs > 0) {
      const skipped = Math.min(this.#skips, bytes.length - at)
      this.#skips -= skipped
      at += skipped
      const taken = bytes.subarray(at, at + this.#needs - this.#part.length)
      at += taken.length
      this.#part = this.#part.length === 0 ? taken : Buffer.concat([this.#part, taken])
      if (this.#part.length < this.#needs) break
      const part = this.#part
      this.#part = Buffer.alloc(0)
      this.#read(part)
    }
  }

  #next(skips: number, needs: number, read: (part: Buffer) => void): void {
    this.#skips = skips
    this.#needs = needs
    this.#read = read
  }

  #head(head: Buffer): void {
    this.#reaches(head.readUInt16LE(6), head.readUInt16LE(8))
    this.#next(coloursOf(head[10] ?? 0), 1, this.#block)
  }

  readonly #block = ([kind]: Buffer): void => {
    // An extension has a label, and then blocks as a picture has them.
    if (kind === EXTENSION) this.#next(1, 1, this.#data)
    else if (kind === IMAGE) this.#next(0, DESCRIPTOR, this.#image)
    // The end, or what no browser shows anything behind.
    else this.#needs = 0
  }

  readonly #image = (at: Buffer): void => {
    const [left, top] = [at.readUInt16LE(0), at.readUInt16LE(2)]
    this.#reaches(left + at.readUInt16LE(4), top + at.readUInt16LE(6))
    // The smallest code has a byte of its own before the data.
    this.#next(coloursOf(at[8] ?? 0) + 1, 1, this.#data)
  }

  readonly #data = ([bytes = 0]: Buffer): void => {
    if (bytes === 0) this.#next(0, 1, this.#block)
    else this.#next(bytes, 1, this.#data)
  }

  #reaches(width: number, height: number): void {
    const seen = this.#seen
    seen.width = Math.max(seen.width ?? 0, width)
    seen.height = Math.max(seen.height ?? 0, height)
  }
}

/** The bytes of a table of colours, as the byte that tells of it has them. */
const coloursOf = (told: number): number => (told & 0x80 ? 3 * 2 ** ((told & 0x07) + 1) : 0)
