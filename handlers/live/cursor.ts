import { createHash } from 'node:crypto'
import type { Room } from '../chat/rooms.ts'

/**
 * A place in a room's log. Written `epoch.seq`: the epoch names the database, so that a cursor
 * of another one, or of an older one restored, is noticed. `0` is the beginning, in any epoch.
 */
export type Cursor = { epoch: string | null; seq: number }

const EPOCH_CHARS = 8

/**
 * The epoch of a room's table.
 * @param word the server's word (chat/server.ts): it survives a dump, while the table's object id
 *   does not, and the other way round for a copied cluster.
 */
export function epochOf(word: string, room: Pick<Room, 'origin'>): string {
  const { origin } = room
  if (last?.word !== word || last.origin !== origin) {
    const hash = createHash('sha256').update(`${word} ${origin}`).digest('hex')
    last = { word, origin, epoch: hash.slice(0, EPOCH_CHARS) }
  }
  return last.epoch
}

/** A process sees one epoch, or two around a restore. */
let last: { word: string; origin: number; epoch: string } | undefined

/** A cursor as clients keep it: `[0-9a-f.]`. */
export const writeCursor = (epoch: string, seq: number): string => `${epoch}.${seq}`

/** Reads what a client sends back; null when it is no cursor at all. */
export function readCursor(text: string): Cursor | null {
  if (text === '0') return { epoch: null, seq: 0 }
  const match = /^([0-9a-f]{8})\.(0|[1-9]\d{0,14})$/.exec(text)
  if (!match) return null
  return { epoch: match[1] ?? null, seq: Number(match[2]) }
}

/**
 * Whether a room's log can be continued from a cursor. Otherwise its reader needs a reset.
 * @param kept what has a lower number is gone, and nobody can say what was between.
 */
export const continues = (cursor: Cursor, epoch: string, head: number, kept = 0): boolean =>
  cursor.epoch === null || (cursor.epoch === epoch && cursor.seq <= head && cursor.seq >= kept)
