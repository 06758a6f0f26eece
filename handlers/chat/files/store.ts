/** Where files' bytes are kept. */
export type FileStore = {
  /** How many bytes it takes at once, at the most. */
  readonly pieceBytes: number
  /** Keeps a file's bytes as they come, in pieces of that size, the last one smaller. */
  write(id: string, pieces: AsyncIterable<Buffer>): Promise<void>
  /** The bytes from one place up to another, as they are wanted. */
  read(id: string, from: number, to: number): AsyncGenerator<Uint8Array>
  /** Lets a file go, or what there is of it. What is gone already is no error. */
  remove(id: string): Promise<void>
}

export type StoreName = 'database' | 's3'

/** The stores that there are; files stay where they were put. */
export type Stores = {
  /** Where new files go. */
  current: StoreName
  of(name: StoreName): FileStore
}

/** A store that cannot answer now, or has no room: the same may succeed later. */
export class StoreAway extends Error {}
