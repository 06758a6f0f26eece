import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import type { Standing } from '../chat/access.ts'
import { type Page, readPage, type Stretch } from '../chat/pages.ts'
import type { Person } from '../chat/people.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import type { Sql } from '../chat/sql.ts'
import { friendlyColor, friendlyName } from '../chat/words.ts'
import { formOf, represent } from '../http/representation.ts'
import { limits } from '../limits.ts'
import { snapshotWord } from '../live/snapshot.ts'
import { messageJson } from '../pages/message.tsx'
import { type RoomProps, roomFragment } from '../pages/room.tsx'
import { roomJson } from '../pages/rooms.tsx'
import { changesPath } from '../pages/talk.tsx'
import { roomText } from '../pages/text.ts'
import { type Answer, cursorAt, enterRoom, roomsFor } from './context.ts'
import { readReading } from './query.ts'

/** `GET /r/{room}`: the room and a page of its messages, the newest unless another is asked for. */
export const showRoom: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const reading = readReading((name) => c.req.query(name))
  if (reading instanceof Refusal) return reading
  const { room, standing } = entry
  const stretch: Stretch = reading.of === 'page' ? reading.stretch : { from: 'newest' }
  const page = await readPage(c.var.sql, room, stretch, reading.limit, standing.floor)
  const live = cursorAt(c, room, room.lastSeq)
  const begins = beginOf(stretch, page)
  const fragment = isHtml(c) ? await wholeRoom(c, { ...entry, page, begins }) : ''
  return represent(
    c,
    {
      json: () => ({ room: roomJson(room), ...pageJson(room, page, live) }),
      fragment: () => fragment,
      text: () => roomText(room, page.messages),
    },
    { headers: { link: nextLink(room, live) } },
  )
}

/**
 * Where a page is read from: who reads on stands at its first message, who goes to a time at the first
 * since, and at the present where nothing was said since.
 */
function beginOf(stretch: Stretch, { messages }: Page): number | undefined {
  const [first] = messages
  if (stretch.from === 'from') return first?.n
  return stretch.from === 'since' && first && first.at >= stretch.at ? first.n : undefined
}

/** A page of messages for programs. `prev` and `next` are for `before=` and `from=`. */
export const pageJson = (room: Room, page: Page, live: string) => ({
  messages: page.messages.map((message) => messageJson(room.slug, message)),
  prev: page.prev,
  next: page.next,
  live,
})

type Parts = { room: Room; person: Person | null; standing: Standing; page?: Page } & Partial<
  Pick<RoomProps, 'at' | 'begins' | 'typed' | 'once' | 'reported' | 'editing' | 'thread'>
>

/** The room as a page shows it; its newest messages where no others are given. */
export async function wholeRoom(c: Context, parts: Parts): Promise<string> {
  const { room, person, standing } = parts
  const page = parts.page ?? (await newestPage(c.var.sql, room, standing.floor))
  const { rooms, seen } = await roomsFor(c, person)
  return roomFragment({
    ...parts,
    page,
    rooms,
    since: seen && snapshotWord({ text: seen }),
    live: cursorAt(c, room, room.lastSeq),
    suggestion: { name: friendlyName(), color: friendlyColor() },
    // A form that was refused keeps its word: sent again, it is the same message.
    once: parts.once ?? randomUUID(),
  })
}

/** @param floor whoever reads it sees what has a later number alone. */
export const newestPage = (sql: Sql, room: Room, floor: number): Promise<Page> =>
  readPage(sql, room, { from: 'newest' }, limits.pageMessagesDefault, floor)

/** Where to go on from a cursor, as a `Link` header. */
export const nextLink = (room: Room, cursor: string): string =>
  linkTo(changesPath(room.slug, cursor))

/** What comes next, as a `Link` header. */
export const linkTo = (path: string): string => `<${path}>; rel="next"`

export const isHtml = (c: Context): boolean => ['fragment', 'page'].includes(formOf(c))
