import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { readLog } from './log.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import type { FenceOf } from './shared-reads.ts'

type Options = {
  sql: Sql
  rooms: Rooms
  fence: FenceOf
  /** Is told of reads that failed; the next sweep tries again. */
  onError: (error: unknown) => void
  /** Tells those who wait in a room what its ring has. */
  release: (room: Room) => void
  /** Ends the waits in a room: who waits there asks again, and is told where they stand. */
  forget: (room: Room) => void
}

/** Reads the rooms that somebody waits in, as they move: one query for a room, whoever waits. */
export class Following {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /** Reads what a room's ring has not yet, if somebody waits for it. */
  readOn(roomId: number): void {
    const { rooms, release } = this.#options
    const room = rooms.get(roomId)
    if (!room || room.groups.size === 0) return
    // What is here goes out first: the ring may lose its oldest events to those that are read.
    release(room)
    if (room.reading || room.groups.size === 0 || room.ring.top >= rooms.reached(room)) return
    room.reading = this.#readAll(room).finally(() => {
      room.reading = undefined
    })
  }

  async #readAll(room: Room): Promise<void> {
    const { sql, rooms, fence, release, forget, onError } = this.#options
    try {
      while (room.groups.size > 0) {
        if (room.ring.top >= rooms.reached(room)) break
        const { ring } = room
        const read = await readLog(sql, room.id, ring.top, limits.pageMessages)
        // What was read is for nobody before it is known whose access had ended by then.
        const open = fence(read.server)
        if (open) await open
        if (rooms.get(room.id) !== room) break
        // Somebody waits further back by now, so it has begun anew from there.
        if (room.ring !== ring) continue
        const [first] = read.events
        if (!first) break
        // What came between is not kept any more.
        if (first.seq !== ring.top + 1) return forget(room)
        room.push(read.events)
        release(room)
      }
    } catch (error) {
      if (!databaseIsAway(error)) onError(error)
    }
  }
}
