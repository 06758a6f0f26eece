import type { EntryPolicy } from '../chat/access.ts'
import type { Person } from '../chat/people.ts'
import type { Room } from '../chat/rooms.ts'
import { continues, writeCursor } from '../live/cursor.ts'
import type { HeadsReader } from '../live/heads.ts'
import { type Snapshot, snapshotWord } from '../live/snapshot.ts'
import type { Waiter } from '../live/wait.ts'
import type { Source } from './answers.ts'
import type { EventsReading } from './query.ts'

/** Who looks, and at which room, if one is open. */
export type Viewer = {
  person: Person | null
  room: Room | null
  /** They see what has a later number in the room alone. */
  floor: number
  /** Who may enter the server just now. */
  policy: EntryPolicy
  /** Whether others may be told that they are here. */
  hints: boolean
  /** How far the server's log was followed before they were looked up. */
  seen: number
  /** The epoch of the room's log, and of what is known of the others. */
  epoch: string
}

/** A viewer as one who is told of rooms. */
export const readerOf = ({ person, policy }: Viewer): HeadsReader => ({
  personId: person?.id ?? null,
  seesOpen: policy === 'open' || (person !== null && person.kind !== 'guest'),
})

/** A viewer as one who waits. */
export const waiterOf = ({ person, hints, seen }: Viewer, { client }: EventsReading): Waiter => ({
  personId: person?.id ?? null,
  client,
  isShown: hints,
  seen,
})

/** Whether a reader can go on from where they are. */
export const goesOn = ({ room, epoch }: Viewer, { after }: EventsReading): boolean =>
  after === null ||
  continues(after.cursor, epoch, room?.lastSeq ?? Number.MAX_SAFE_INTEGER, room?.firstSeq)

/** All that a person sees, as the source of batches; its cursors hold both places. */
export function eventsSource({ room, epoch }: Viewer, since: Snapshot): Source {
  const word = snapshotWord(since)
  const open = room ? `open=${room.slug}&` : ''
  return {
    key: ` me ${room?.slug ?? ''} ${word}`,
    slug: room?.slug ?? '',
    cursor: (seq) => `${writeCursor(epoch, seq)}_${word}`,
    path: (cursor) => `/me/events?${open}after=${cursor}`,
  }
}
