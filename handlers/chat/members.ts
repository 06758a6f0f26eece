import { limits } from '../limits.ts'
import { isAtLeast, type Level, type Standing } from './access.ts'
import type { Person } from './people.ts'
import { notFound, type Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'
import { actRefusals } from './writing/act.ts'
import { type Member, type MemberRow, memberFrom } from './writing/membership.ts'

/** A page of a room's people, and the id to go on after; null where it is the last. */
export type MembersPage = { members: Member[]; next: number | null }

/**
 * Who is in a room, by the order in which they came to the server. Each person's level is their own
 * affair: only the own one is told.
 * @param begins how their names begin, whatever the case; empty for all.
 */
export async function listMembers(
  sql: Sql,
  room: Room,
  personId: number | null,
  after: number,
  begins = '',
): Promise<MembersPage> {
  const { rows } = await sql.query<MemberRow>(
    `select p.id, p.name, p.color, p.kind, m.role, m.muted_until, m.since,
            case when p.id = $2 then m.level else 'everything' end as level
       from members m join people p on p.id = m.person_id
      where m.room_id = $1 and m.person_id > $3 and p.banned_at is null
        and starts_with(lower(p.name), lower($5))
      order by m.person_id limit $4`,
    [room.id, personId, after, limits.listedMembers + 1, begins],
  )
  const members = rows.slice(0, limits.listedMembers).map(memberFrom)
  const next = rows.length > members.length ? (members.at(-1)?.person.id ?? null) : null
  return { members, next }
}

/** Somebody in a room, or for its moderators who is kept out of it; null where it is nobody. */
export async function findMember(
  sql: Sql,
  room: Room,
  standing: Standing,
  personId: number,
): Promise<Member | null> {
  const { rows } = await sql.query<MemberRow>(
    `select p.id, p.name, p.color, p.kind, m.role, m.muted_until, m.since, 'everything' as level
       from people p left join members m on m.room_id = $1 and m.person_id = p.id
      where p.id = $2
        and (m.person_id is not null
             or ($3 and exists (select from room_bans b where b.room_id = $1 and b.person_id = p.id)))`,
    [room.id, personId, isAtLeast(standing.role, 'moderator')],
  )
  return rows[0] ? memberFrom(rows[0]) : null
}

/** Sets what one wants to be told of a room that one is in. */
export async function setLevel(
  sql: Sql,
  room: Room,
  personId: number,
  level: Level,
): Promise<Member | Refusal> {
  const { rows } = await sql.query<MemberRow>(
    `with m as (
       update members set level = $3 where room_id = $1 and person_id = $2 returning *
     )
     select p.id, p.name, p.color, p.kind, m.role, m.muted_until, m.since, m.level
       from m join people p on p.id = m.person_id`,
    [room.id, personId, level],
  )
  return rows[0] ? memberFrom(rows[0]) : notFound('person')
}

/** Somebody who is kept out of a room. */
export type Banned = { person: Person; by: string; at: Date }

/** Whom a room keeps out, the latest first; for its moderators. */
export async function listBans(
  sql: Sql,
  room: Room,
  standing: Standing,
): Promise<Banned[] | Refusal> {
  if (!isAtLeast(standing.role, 'moderator') || room.direct) return mayNot()
  const { rows } = await sql.query<Person & { by: string; at: Date }>(
    `select p.id, p.name, p.color, p.kind, o.name as by, b.at
       from room_bans b join people p on p.id = b.person_id join people o on o.id = b.by_id
      where b.room_id = $1 order by b.at desc limit $2`,
    [room.id, limits.listedMembers],
  )
  return rows.map(({ by, at, ...person }) => ({ person, by, at }))
}

/** Lets somebody in again whom a room kept out. */
export async function liftBan(
  sql: Sql,
  { room, standing, actorId }: { room: Room; standing: Standing; actorId: number },
  personId: number,
): Promise<null | Refusal> {
  if (!isAtLeast(standing.role, 'moderator') || room.direct) return mayNot()
  const { rows } = await sql.query(
    `with gone as (
       delete from room_bans where room_id = $1 and person_id = $2 returning room_id, person_id
     ), audited as (
       insert into audit (by_id, room_id, action, about_id)
       select $3, room_id, 'member.unbanned', person_id from gone
     )
     select person_id from gone`,
    [room.id, personId, actorId],
  )
  return rows[0] ? null : notFound('person')
}

const mayNot = () => (actRefusals.rank ?? notFound)('room')
