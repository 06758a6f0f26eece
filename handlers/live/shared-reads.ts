import { readServerSeq } from '../chat/server.ts'
import type { Sql } from '../chat/sql.ts'
import { type Batch, readLog } from './log.ts'

/** What a request asks for. */
export type Ask = {
  roomId: number
  /** The room's newest number as the request found it. */
  head: number
  after: number
  /** Events at the most in one answer. */
  limit: number
  /** Whoever asks sees what has a later number alone; 0 for all of it. */
  floor: number
}

/** Comes back when the server's log has been followed to a number (`ServerLog.reached`). */
export type FenceOf = (serverSeq: number) => Promise<void> | undefined

/** Reads of logs; requests for the same one share it, if they knew of the same head when they asked. */
export class SharedReads {
  readonly #sql: Sql
  readonly #fence: FenceOf
  readonly #reads = new Map<string, Promise<Batch>>()

  constructor(sql: Sql, fence: FenceOf) {
    this.#sql = sql
    this.#fence = fence
  }

  /** Rejects with the database's errors. */
  past({ roomId, after, limit }: Ask, head: number | undefined): Promise<Batch> {
    const key = `${roomId} ${after} ${limit} ${head}`
    const running = this.#reads.get(key)
    if (running) return running
    const read = this.#read(roomId, after, limit).finally(() => this.#reads.delete(key))
    this.#reads.set(key, read)
    return read
  }

  /** Comes back when it is known here whose access has ended by now: for what was read elsewhere. */
  async settled(): Promise<void> {
    await this.#fence(await readServerSeq(this.#sql))
  }

  async #read(roomId: number, after: number, limit: number): Promise<Batch> {
    const { server, ...batch } = await readLog(this.#sql, roomId, after, limit)
    await this.#fence(server)
    return batch
  }
}
