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

/**
 * What changed past a cursor. Where there is nothing yet the request is held.
 * @param who asks; the word of their own is in what they ask for.
 */
export async function showChanges(
  c: Context,
  room: Room,
  who: Waiter,
  { after, waitMs, limit, client }: Changes,
): Promise<Response | Refusal> {
  if (!continues(after, epochOf(c.var.server().word, room), room.lastSeq))
    return reset(c, room, room.lastSeq)
  const batch = await changesOf(c.var.hub, {
    roomId: room.id,
    head: room.lastSeq,
    after: after.seq,
    limit,
    ms: waitMs,
    signal: c.req.raw.signal,
    who: { ...who, client },
  })
  if (batch instanceof Refusal) return batch
  // A page that is far behind is better off with the newest messages than with all of them.
  if (batch.more && isHtml(c)) return reset(c, room, Math.max(batch.next, room.lastSeq))
  return showBatch(c, room, batch)
}

/** Each form of a batch is made once for all who wait for it. */
function showBatch(c: Context, room: Room, batch: Batch): Response {
  const source = roomSource(room.slug, epochOf(c.var.server().word, room))
  const text = (form: 'json' | 'fragment' | 'text') => () => batchText(source, batch, form)
  return represent(
    c,
    { json: text('json'), fragment: text('fragment'), text: text('text') },
    { headers: { link: linkTo(nextPath(source, batch)) } },
  )
}

/**
 * For a reader who cannot go on from where they are: the newest page in place of what they have.
 * @param seq the number to go on from, at most that of what the page shows.
 */
async function reset(c: Context, room: Room, seq: number): Promise<Response> {
  const page = await newestPage(c.var.sql, room)
  const live = cursorAt(c, room, seq)
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
