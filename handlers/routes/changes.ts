import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import { represent } from '../http/representation.ts'
import { continues, epochOf } from '../live/cursor.ts'
import type { Batch } from '../live/log.ts'
import { once } from '../live/once.ts'
import { changesFragment, eventJson, talkFragment } from '../pages/talk.tsx'
import { messagesText } from '../pages/text.ts'
import { cursorAt } from './context.ts'
import type { Reading } from './query.ts'
import { isHtml, newestPage, nextLink, pageJson } from './room.ts'

type Changes = Extract<Reading, { of: 'changes' }>

/** What changed past a cursor. Where there is nothing yet the request is held. */
export async function showChanges(
  c: Context,
  room: Room,
  { after, waitMs, limit }: Changes,
): Promise<Response | Refusal> {
  if (!continues(after, epochOf(c.var.server().word, room), room.lastSeq))
    return reset(c, room, room.lastSeq)
  const batch = await c.var.hub.changes({
    roomId: room.id,
    head: room.lastSeq,
    after: after.seq,
    limit,
    ms: waitMs,
    signal: c.req.raw.signal,
  })
  if (batch instanceof Refusal) return batch
  // A page that is far behind is better off with the newest messages than with all of them.
  if (batch.more && isHtml(c)) return reset(c, room, Math.max(batch.next, room.lastSeq))
  return showBatch(c, room, batch)
}

/** Each form of a batch is made once for all who wait for it. */
function showBatch(c: Context, room: Room, batch: Batch): Response {
  const next = cursorAt(c, room, batch.next)
  return represent(
    c,
    {
      json: () => once(batch, 'json', () => JSON.stringify(changesJson(room, batch, next))),
      fragment: () => once(batch, 'fragment', () => changesFragment(room.slug, batch, next)),
      text: () => once(batch, 'text', () => messagesText(posted(batch))),
    },
    { headers: { link: nextLink(room, next) } },
  )
}

function changesJson(room: Room, batch: Batch, next: string) {
  const events = batch.events.map((event) => eventJson(room.slug, event))
  return { events, next, more: batch.more, reset: false }
}

const posted = (batch: Batch) =>
  batch.events.flatMap((event) =>
    event.type === 'message.posted' && event.message ? [event.message] : [],
  )

/**
 * For a reader who cannot go on from where they are: the newest page in place of what they have.
 * @param seq the number to go on from, at most that of what the page shows.
 */
async function reset(c: Context, room: Room, seq: number): Promise<Response> {
  const page = await newestPage(c, room)
  const live = cursorAt(c, room, seq)
  return represent(
    c,
    {
      // `next` is the cursor, as in all changes: after the newest page there is no later one.
      json: () => ({
        ...pageJson(room, page, live),
        events: [],
        next: live,
        more: false,
        reset: true,
      }),
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
