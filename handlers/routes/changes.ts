import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import { represent } from '../http/representation.ts'
import { continues, epochOf } from '../live/cursor.ts'
import type { Batch } from '../live/log.ts'
import { changesOf } from '../live/patience.ts'
import type { Waiter } from '../live/wait.ts'
import { talkFragment } from '../pages/talk.tsx'
import { messagesText } from '../pages/text.ts'
import { batchText, nextPath, roomSource } from './answers.ts'
import { cursorAt } from './context.ts'
import type { Changes } from './query.ts'
import { isHtml, linkTo, newestPage, nextLink, pageJson } from './room.ts'

/** Who reads a room, and what of it is for them: what has a later number than `floor`. */
export type Reader = { who: Waiter; floor: number }

/** The room as it is when a number has been read. */
export const upTo = (room: Room, seq: number): Room => ({
  ...room,
  lastSeq: Math.max(seq, room.lastSeq),
})

/**
 * What changed past a cursor. Where there is nothing yet the request is held.
 * @param reader who asks; the word of their own is in what they ask for.
 */
export async function showChanges(
  c: Context,
  room: Room,
  { who, floor }: Reader,
  { after, waitMs, limit, client }: Changes,
): Promise<Response | Refusal> {
  if (!continues(after, epochOf(c.get('server')().word, room), room.lastSeq, room.firstSeq))
    return reset(c, room, floor)
  const batch = await changesOf(c.get('hub'), {
    roomId: room.id,
    head: room.lastSeq,
    after: Math.max(after.seq, floor),
    limit,
    floor,
    ms: waitMs,
    signal: c.req.raw.signal,
    who: { ...who, client },
  })
  if (batch instanceof Refusal) return batch
  // A page that is far behind is better off with the newest messages than with all of them.
  if (batch.more && isHtml(c)) return reset(c, upTo(room, batch.next), floor)
  return showBatch(c, room, batch)
}

/** Each form of a batch is made once for all who wait for it. */
function showBatch(c: Context, room: Room, batch: Batch): Response {
  const source = roomSource(room.slug, epochOf(c.get('server')().word, room))
  const text = (form: 'json' | 'fragment' | 'text') => () => batchText(source, batch, form)
  return represent(
    c,
    { json: text('json'), fragment: text('fragment'), text: text('text') },
    { headers: { link: linkTo(nextPath(source, batch)) } },
  )
}

/**
 * For a reader who cannot go on from where they are: the newest page in place of what they have.
 * @param room with the number to go on from, which is that of what the page shows.
 */
async function reset(c: Context, room: Room, floor: number): Promise<Response> {
  const page = await newestPage(c.get('sql'), room, floor)
  const live = cursorAt(c, room, room.lastSeq)
  return represent(
    c,
    {
      json: () => resetJson(room, page, live),
      fragment: () => talkFragment({ room, page, live }),
      text: () => messagesText(page.messages),
    },
    {
      headers: {
        link: nextLink(room, live),
        'hx-retarget': '#talk',
        'hx-reswap': 'outerHTML',
      },
    },
  )
}

/** `next` is the cursor, as in all changes: after the newest page there is no later one. */
export const resetJson = (room: Room, page: Parameters<typeof pageJson>[1], live: string) => ({
  ...pageJson(room, page, live),
  events: [],
  next: live,
  more: false,
  reset: true,
})
