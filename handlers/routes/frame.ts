import { Refusal } from '../chat/refusal.ts'
import { continues, epochOf } from '../live/cursor.ts'
import { changesOf } from '../live/patience.ts'
import { frameDocument } from '../pages/frame.tsx'
import { type Answer, cursorAt, enterRoom } from './context.ts'
import { readReading } from './query.ts'
import { newestPage } from './room.ts'

/**
 * `GET /r/{room}/frame`: the newest messages as a document of its own, for browsers without
 * JavaScript. With `after` and `wait` it is held like any other wait.
 */
export const showFrame: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const reading = readReading((name) => c.req.query(name))
  if (reading instanceof Refusal) return reading
  let { room, standing } = entry
  const { person } = entry
  const epoch = epochOf(c.var.server().word, room)
  if (reading.of === 'changes' && continues(reading.after, epoch, room.lastSeq, room.firstSeq)) {
    const batch = await changesOf(c.var.hub, {
      roomId: room.id,
      head: room.lastSeq,
      after: Math.max(reading.after.seq, standing.floor),
      limit: reading.limit,
      floor: standing.floor,
      ms: reading.waitMs,
      signal: c.req.raw.signal,
      who: { personId: person?.id ?? null, seen: entry.seen },
    })
    if (batch instanceof Refusal) return batch
    // Whoever waited may not be who they were: what is shown now is looked up now.
    const still = await enterRoom(c)
    if (still instanceof Refusal) return still
    room = still.room
    standing = still.standing
  }
  const page = await newestPage(c.var.sql, room, standing.floor)
  // Only a browser without JavaScript shows this, and nobody else tells what is read there.
  if (person) c.var.reads.note(person.id, room.id, room.lastSeq)
  c.header('cache-control', 'private, no-store')
  return c.html(frameDocument({ room, page, live: cursorAt(c, room, room.lastSeq) }))
}
