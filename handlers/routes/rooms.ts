import type { Context } from 'hono'
import type { Person } from '../chat/people.ts'
import { Refusal } from '../chat/refusal.ts'
import { listRooms, makeRoom, type Room, type RoomDraft, readRoomDraft } from '../chat/rooms.ts'
import { type Fields, readFields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { homeFragment, roomJson, roomsJson } from '../pages/rooms.tsx'
import { roomsText, roomText } from '../pages/text.ts'
import { type Answer, whoActs, whoAsks } from './context.ts'

/** `GET /`: the rooms I may enter. */
export const showRooms: Answer = async (c) => {
  const person = await whoAsks(c)
  const rooms = await listRooms(c.var.sql, person)
  return represent(c, {
    json: () => roomsJson(rooms),
    fragment: () => homeFragment({ rooms, person }),
    text: () => roomsText(rooms),
  })
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
    const rooms = await listRooms(c.var.sql, maker)
    return refuse(c, room, () => homeFragment({ rooms, person: maker, typed: typed(fields, room) }))
  }
  const location = `/r/${room.slug}`
  if (formOf(c) === 'page') return seeOther(location)
  return represent(
    c,
    {
      json: () => ({ room: roomJson(room) }),
      fragment: () => homeFragment({ rooms: [{ ...room, lastAt: null }], person: maker }),
      text: () => roomText(room, []),
    },
    { status: 201, headers: { location } },
  )
}

async function make(c: Context, maker: Person, draft: RoomDraft): Promise<Room | Refusal> {
  return (await c.var.paces.rooms(maker.id)) ?? makeRoom(c.var.sql, maker, draft)
}

const typed = (fields: Fields, refusal: Refusal) => ({
  name: fields.name ?? '',
  topic: fields.topic ?? '',
  refusal,
})
