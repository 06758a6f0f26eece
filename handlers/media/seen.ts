/** What was found in a picture while it went by: its size as it is looked at. */
export type Seen = { width?: number; height?: number }

/** A picture that is not what it begins as. */
export class DamagedImage extends Error {}

/** The parts of a picture that make it up, as they come, without what tells of who took it where. */
export type Stripping = (
  reader: import('../bytes.ts').ByteReader,
  seen: Seen,
) => AsyncGenerator<Buffer>
