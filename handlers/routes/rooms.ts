import type { Context } from 'hono'
import { isAdmitted } from '../chat/access.ts'
import type { Person } from '../chat/people.ts'
import { notAdmitted, Refusal } from '../chat/refusal.ts'
import { makeRoom, type Room, type RoomDraft, readRoomDraft } from '../chat/rooms.ts'
import { banned } from '../chat/sessions.ts'
import { type Fields, readFields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { snapshotWord } from '../live/snapshot.ts'
import { homeFragment, roomJson, roomsJson } from '../pages/rooms.tsx'
import { roomsText, roomText } from '../pages/text.ts'
import { type Answer, cursorAt, roomsFor, visitOf, whoActs } from './context.ts'

/** `GET /`: the rooms I may enter. */
export const showRooms: Answer = async (c) => {
  const { person, isBanned, policy } = await visitOf(c)
  const { rooms, seen } = await roomsFor(c, person)
  const isIn = isAdmitted(person?.kind ?? 'visitor', policy)
  const closed = isBanned ? banned() : isIn ? undefined : notAdmitted(person, policy)
  return represent(c, {
    json: () => roomsJson(rooms),
    fragment: () => homeFragment({ rooms, person, closed, after: afterThat(c, rooms, seen) }),
    text: () => roomsText(rooms),
  })
}

/** The cursor of all that moves after a list of rooms was made. */
function afterThat(c: Context, [room]: Room[], seen: string | undefined): string | undefined {
  return room && seen && `${cursorAt(c, room, 0)}_${snapshotWord({ text: seen })}`
}

/** `POST /rooms`: another room. */
export const createRoom: Answer = async (c) => {
  const maker = await whoActs(c)
  if (maker instanceof Refusal) return maker
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const draft = readRoomDraft(fields)
  const room = draft instanceof Refusal ? draft : await make(c, maker, draft)
  if (room instanceof Refusal) {
    if (formOf(c) !== 'page') return room
    const { rooms } = await roomsFor(c, maker)
    return refuse(c, room, () => homeFragment({ rooms, person: maker, typed: typed(fields, room) }))
  }
  const location = `/r/${room.slug}`
  if (formOf(c) === 'page') return seeOther(location)
  return represent(
    c,
    {
      json: () => ({ room: roomJson(room) }),
      fragment: () => homeFragment({ rooms: [{ ...room, ...unheard }], person: maker }),
      text: () => roomText(room, []),
    },
    { status: 201, headers: { location } },
  )
}

/** Of a room in which nothing has been said yet. */
const unheard = {
  lastAt: null,
  messages: 0,
  read: 0,
  level: 'everything',
  unread: 0,
  mentions: 0,
} as const

async function make(c: Context, maker: Person, draft: RoomDraft): Promise<Room | Refusal> {
  return (await c.var.paces.rooms(maker.id)) ?? makeRoom(c.var.sql, maker, draft)
}

const typed = (fields: Fields, refusal: Refusal) => ({
  name: fields.name ?? '',
  topic: fields.topic ?? '',
  refusal,
})
