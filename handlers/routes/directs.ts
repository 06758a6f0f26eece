import { openDirect, readPeople } from '../chat/directs.ts'
import { Refusal } from '../chat/refusal.ts'
import { readFields } from '../http/body.ts'
import { roomJson } from '../pages/rooms.tsx'
import { roomText } from '../pages/text.ts'
import { acted } from './acts.ts'
import { type Answer, whoActs } from './context.ts'

/** `POST /directs`: the conversation with some people: `people`, their ids. */
export const createDirect: Answer = async (c) => {
  const self = await whoActs(c)
  if (self instanceof Refusal) return self
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const others = readPeople(fields.people, self)
  if (others instanceof Refusal) return others
  const tooOften = await c.var.paces.rooms(self.id)
  if (tooOften) return tooOften
  const opened = await openDirect(c.var.sql, self, others)
  if (opened instanceof Refusal) return opened
  const { room, created } = opened
  const location = `/r/${room.slug}`
  return acted(
    c,
    location,
    {
      json: () => ({ room: roomJson(room) }),
      fragment: () => '',
      text: () => roomText(room, []),
    },
    { status: created ? 201 : 200, headers: { location } },
  )
}
