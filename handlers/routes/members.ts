import { type Level, levels, type Role, roles } from '../chat/access.ts'
import { findMember, listMembers, setLevel } from '../chat/members.ts'
import { invalid, notFound, Refusal } from '../chat/refusal.ts'
import { oneLine } from '../chat/text.ts'
import type { Placed } from '../chat/writing/membership.ts'
import { type Fields, readFields } from '../http/body.ts'
import { represent } from '../http/representation.ts'
import { limits } from '../limits.ts'
import { memberFragment, memberJson, membersFragment, membersText } from '../pages/members.tsx'
import { type Acting, acted, actorOf, commit, enterToAct, idIn } from './acts.ts'
import { type Answer, enterRoom } from './context.ts'

/** `GET /r/{room}/members`: who is in the room; `q` is how their names begin. */
export const showMembers: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  const after = Number(/^\d{1,15}$/.exec(c.req.query('after') ?? '')?.[0] ?? 0)
  const begins = oneLine(c.req.query('q') ?? '').slice(0, limits.nameChars)
  const page = await listMembers(c.var.sql, room, person?.id ?? null, after, begins)
  const here = c.var.hinting?.presence.hereIn(room.id) ?? new Set<number>()
  return represent(c, {
    json: () => ({
      members: page.members.map((member) => ({
        ...memberJson(member, person?.id),
        ...(here.has(member.person.id) ? { here: true } : {}),
      })),
      next: page.next,
    }),
    fragment: () => membersFragment({ room, person, standing, here, ...page }),
    text: () => membersText(page.members),
  })
}

/** `GET /r/{room}/members/{person}`: somebody in the room, and what may be done about them. */
export const showMember: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  const member = await findMember(c.var.sql, room, standing, idIn(c, 'person'))
  if (!member) return notFound('person')
  return represent(c, {
    json: () => memberJson(member, person?.id),
    fragment: () => memberFragment({ room, person, standing, member }),
    text: () => membersText([member]),
  })
}

type Wanted = { role: Role | null; mutedSeconds: number | null; level: Level | null }

/** `PUT /r/{room}/members/{person}`: lets somebody in, or changes what they are: `role`, `muted_for`, `level`. */
export const putMember: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const wanted = readWanted(fields)
  if (wanted instanceof Refusal) return wanted
  const placed = await place(c, entry, idIn(c, 'person'), wanted)
  if (placed instanceof Refusal) return placed
  return showPlaced(c, entry, placed)
}

async function place(
  c: Parameters<Answer>[0],
  entry: Acting,
  memberId: number,
  wanted: Wanted,
): Promise<Placed | Refusal> {
  const { room, person, standing } = entry
  const isLevelAlone = wanted.level && wanted.role === null && wanted.mutedSeconds === null
  if (isLevelAlone && memberId === person.id && standing.isIn) {
    const member = await setLevel(c.var.sql, room, person.id, wanted.level as Level)
    return member instanceof Refusal ? member : { member }
  }
  return commit(c, { kind: 'membership', ...actorOf(entry), memberId, ...wanted })
}

/** `DELETE /r/{room}/members/{person}`: removes somebody, or leaves. */
export const removeMember: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const memberId = idIn(c, 'person')
  const change = { kind: 'departure', ...actorOf(entry), memberId, isBan: false } as const
  const placed = await commit(c, change)
  if (placed instanceof Refusal) return placed
  return showPlaced(c, entry, placed, memberId === entry.person.id ? '/' : undefined)
}

function showPlaced(
  c: Parameters<Answer>[0],
  { room, person, standing }: Acting,
  { member }: Placed,
  to = `/r/${room.slug}/members`,
): Response {
  return acted(c, to, {
    json: () => memberJson(member, person.id),
    fragment: () => memberFragment({ room, person, standing, member }),
    text: () => membersText([member]),
  })
}

/** What somebody is to be in a room, as it was sent. */
function readWanted({ role, muted_for, level }: Fields): Wanted | Refusal {
  const problems: Record<string, string> = {}
  const isRole = !role || (roles as readonly string[]).includes(role)
  if (!isRole) problems.role = `role is ${roles.join(' or ')}.`
  const isLevel = !level || (levels as readonly string[]).includes(level)
  if (!isLevel) problems.level = `level is ${levels.join(' or ')}.`
  const most = limits.mutedSeconds
  const isTime = !muted_for || (/^\d{1,9}$/.test(muted_for) && Number(muted_for) <= most)
  if (!isTime) problems.muted_for = `muted_for is a whole number of seconds from 0 to ${most}.`
  if (Object.keys(problems).length > 0) return invalid(problems)
  return {
    role: (role || null) as Role | null,
    mutedSeconds: muted_for ? Number(muted_for) : null,
    level: (level || null) as Level | null,
  }
}
