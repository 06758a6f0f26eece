import { Refusal } from '../chat/refusal.ts'
import { nameTaken } from '../chat/rooms.ts'
import { readSettings } from '../chat/writing/settings.ts'
import { readFields } from '../http/body.ts'
import { represent } from '../http/representation.ts'
import { roomJson } from '../pages/rooms.tsx'
import { settingsFragment } from '../pages/settings.tsx'
import { roomText } from '../pages/text.ts'
import { acted, actorOf, commit, enterToAct } from './acts.ts'
import { type Answer, enterRoom } from './context.ts'

/** `GET /r/{room}/settings`: what the room is called and who may enter, and the forms to change it. */
export const showSettings: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, standing } = entry
  return represent(c, {
    json: () => ({ room: roomJson(room) }),
    fragment: () => settingsFragment({ room, standing }),
    text: () => roomText(room, []),
  })
}

/** `PATCH /r/{room}`: name, topic, visibility, archived, slow_seconds, retention_days. */
export const changeRoom: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const draft = readSettings(fields)
  if (draft instanceof Refusal) return draft
  const change = { kind: 'settings', ...actorOf(entry), draft } as const
  const settled = await commit(c, change).catch(nameTaken(draft.name ?? ''))
  if (settled instanceof Refusal) return settled
  return acted(c, `/r/${entry.room.slug}`, {
    json: () => ({ room: roomJson(settled.room) }),
    fragment: () => settingsFragment({ room: settled.room, standing: entry.standing }),
    text: () => roomText(settled.room, []),
  })
}
