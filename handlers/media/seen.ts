import { limits } from '../limits.ts'

/** What was found in a picture while it went by: its size as it is looked at. */
export type Seen = { width?: number; height?: number }

/** A picture that is not what it begins as. */
export class DamagedImage extends Error {}

/** The parts of a picture that make it up, as they come, without what tells of who took it where. */
export type Stripping = (
  reader: import('../bytes.ts').ByteReader,
  seen: Seen,
) => AsyncGenerator<Buffer>

/**
 * Counts the parts of a picture. No picture has very many small ones, each of which costs as much to
 * read as a large one.
 */
export class Parts {
  #small = 0

  /** @throws {DamagedImage} when there are too many small ones */
  note(bytes: number): void {
    if (bytes < limits.imagePartBytes && ++this.#small > limits.imageSmallParts)
      throw new DamagedImage('The picture has too many parts.')
  }
}
