import { liftBan, listBans } from '../chat/members.ts'
import { Refusal } from '../chat/refusal.ts'
import { represent } from '../http/representation.ts'
import { bansFragment, bansText } from '../pages/bans.tsx'
import { personJson } from '../pages/person.tsx'
import { acted, actorOf, commit, enterToAct, idIn } from './acts.ts'
import type { Answer } from './context.ts'

/** `GET /r/{room}/bans`: whom the room keeps out. */
export const showBans: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, standing } = entry
  const bans = await listBans(c.var.sql, room, standing)
  if (bans instanceof Refusal) return bans
  return represent(c, {
    json: () => ({
      bans: bans.map(({ person, by, at }) => ({ person: personJson(person), by, at })),
    }),
    fragment: () => bansFragment({ room, standing, bans }),
    text: () => bansText(bans),
  })
}

/** `PUT /r/{room}/bans/{person}`: keeps somebody out of the room. */
export const ban: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const memberId = idIn(c, 'person')
  const change = { kind: 'departure', ...actorOf(entry), memberId, isBan: true } as const
  const placed = await commit(c, change)
  if (placed instanceof Refusal) return placed
  const { person } = placed.member
  return acted(c, `/r/${entry.room.slug}/bans`, {
    json: () => ({ person: personJson(person), banned: true }),
    fragment: () => '',
    text: () => `${person.name} is banned\n`,
  })
}

/** `DELETE /r/{room}/bans/{person}`: lets somebody in again. */
export const unban: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, standing, person } = entry
  const memberId = idIn(c, 'person')
  const lifted = await liftBan(c.var.sql, { room, standing, actorId: person.id }, memberId)
  if (lifted instanceof Refusal) return lifted
  return acted(c, `/r/${room.slug}/bans`, {
    json: () => ({ banned: false }),
    fragment: () => '',
    text: () => 'not banned any more\n',
  })
}
