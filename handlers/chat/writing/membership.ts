import type { Level, Role } from '../access.ts'
import type { Person } from '../people.ts'
import {
  type Actor,
  type ActRow,
  actorPart,
  actorValues,
  auditPart,
  eventPart,
  lostPart,
  rank,
  refusalOf,
} from './act.ts'
import { single } from './kind.ts'

/** Somebody in a room, or let into it, as they are to be; what is null stays. */
export type Membership = Actor & {
  kind: 'membership'
  memberId: number
  role: Role | null
  /** Seconds from now; 0 ends it. */
  mutedSeconds: number | null
  level: Level | null
}

/** Somebody who leaves, or is removed. */
export type Departure = Actor & { kind: 'departure'; memberId: number; isBan: boolean }

/** Somebody as they are in the room now; `role` is null for who is not in it. */
export type Member = {
  person: Person
  role: Role | null
  mutedUntil: Date | null
  level: Level
  since: Date | null
}

export type Placed = { member: Member }

export type MemberRow = Person & {
  role: Role | null
  muted_until: Date | null
  level: Level | null
  since: Date | null
}

export const memberFrom = (row: MemberRow): Member => ({
  person: { id: row.id, name: row.name, color: row.color, kind: row.kind },
  role: row.role,
  mutedUntil: row.muted_until,
  level: row.level ?? 'everything',
  since: row.since,
})

const answer = (_: unknown, row: ActRow & MemberRow) => {
  if (row.why !== null) return { outcome: refusalOf(row.why), seq: null }
  return { outcome: { member: memberFrom(row) }, seq: row.seq, serverSeq: row.serverSeq }
}

/** Lets somebody in, or changes what they are. */
export const memberships = single<Membership, ActRow & MemberRow, Placed>(
  ({ memberId, role, mutedSeconds, level, ...actor }) => ({
    text: placing,
    values: [...actorValues(actor), memberId, role, mutedSeconds, level],
  }),
  answer,
)

/** Lets somebody go; with a ban they come in by no other way either. */
export const departures = single<Departure, ActRow & MemberRow, Placed>(
  ({ memberId, isBan, ...actor }) => ({
    text: isBan ? banning : departing,
    values: [...actorValues(actor), memberId],
  }),
  answer,
)

/**
 * Whom somebody may name: themselves, who is in this room, and whom they have met in another room.
 * All others do not exist for them, so that nobody's name is found by counting.
 */
const targetPart = `target as materialized (
  select p.id, p.name, p.color, p.kind, m.person_id is not null as is_in, m.muted_until, m.role as own_role,
         case when p.kind = 'owner' and actor.direct is null then 'owner' else m.role end as role,
         exists (select from room_bans b where b.room_id = actor.room and b.person_id = p.id) as is_banned
    from actor
    join people p on p.id = $4::bigint and p.banned_at is null
    left join members m on m.room_id = actor.room and m.person_id = p.id
   where m.person_id is not null or p.id = actor.person or exists (
     select from members their join rooms met on met.id = their.room_id
      where their.person_id = p.id
        and (met.visibility = 'open' and actor.sees_open
             or exists (select from members mine
                         where mine.room_id = their.room_id and mine.person_id = actor.person)))
)`

const moderates = `${rank('actor.role')} >= ${rank(`'moderator'`)}`
/** The server's owner looks after open rooms, whatever their own owners think of it. */
const outranks = `(case
  when target.kind = 'owner' and actor.kind <> 'owner' and actor.visibility = 'open' then false
  else actor.role = 'owner' or ${rank('target.role')} < ${rank('actor.role')}
end)`
const isSelf = 'target.id = actor.person'
const isLastOwner = `(target.own_role = 'owner' and not exists (
  select from members o where o.room_id = actor.room and o.role = 'owner' and o.person_id <> target.id))`

/** `$5` role, `$6` seconds muted, `$7` level. What one is told of is nobody else's affair, and no event. */
const placing = `
with ${actorPart}, ${targetPart}, verdict as (
  select case
    when actor.why is not null then actor.why
    when target.id is null then 'no_member'
    when ${isSelf} and $5::text is null and $6::integer is null then null
    when actor.direct is not null then 'direct'
    when $7::text is not null and not ${isSelf} then 'rank'
    when ${isSelf} then case
      when $6 is not null or ${rank('$5')} > ${rank('actor.role')} then 'rank'
      when ${isLastOwner} and $5 <> 'owner' then 'last_owner'
    end
    when not ${moderates} or not ${outranks} then 'rank'
    when $5 in ('moderator', 'owner') and actor.role <> 'owner' then 'rank'
    when target.is_banned then 'is_banned'
    when ${isLastOwner} and $5 <> 'owner' then 'last_owner'
  end as why
  from actor left join target on true
), placed as (
  insert into members as m (room_id, person_id, role, invited, muted_until, level)
  select actor.room, target.id, coalesce($5, 'member'), not ${isSelf},
         case when $6 > 0 then now() + $6 * interval '1 second' end, coalesce($7, 'everything')
    from actor, target where (select why from verdict) is null
  on conflict (room_id, person_id) do update
     set role = coalesce($5, m.role), level = coalesce($7, m.level),
         invited = m.invited or excluded.invited,
         muted_until = case when $6 is null then m.muted_until else excluded.muted_until end
  returning m.*
), done as (
  select person_id as about_id, null::bigint as n, false as lost,
         concat_ws(', ', $5, case when $6 > 0 then 'muted ' || $6 || ' s' when $6 = 0 then 'not muted' end) as detail
    from placed, target where not target.is_in or $5 is not null or $6 is not null
), ${eventPart('member.changed')}, ${auditPart('member.changed', 'about_id <> person')}
select (select why from verdict) as why, (select seq from event) as seq, null as "serverSeq",
       target.id, target.name, target.color, target.kind, placed.role, placed.muted_until,
       placed.level, placed.since
  from (select 1) one left join target on true left join placed on true`

/** Whoever leaves would come back as somebody new. */
const isSlowed = `exists (select from rooms r join members m on m.room_id = r.id and m.person_id = target.id
  where r.id = actor.room and m.posted_at > now() - r.slow_seconds * interval '1 second')`
const mayReturn = `(actor.visibility = 'open' or exists (
  select from links l where l.room_id = actor.room and l.access = 'write'
     and coalesce(l.expires_at > now(), true) and coalesce(l.used < l.uses, true)))`

const goneRow = `(select why from verdict) as why, (select seq from event) as seq,
       (select last_seq from served) as "serverSeq", target.id, target.name, target.color,
       target.kind, null as role, null::timestamptz as muted_until, null as level,
       null::timestamptz as since`

const departing = `
with ${actorPart}, ${targetPart}, verdict as (
  select case
    when actor.why is not null then actor.why
    when target.id is null or not target.is_in then 'no_member'
    when actor.direct is not null then 'direct'
    when not ${isSelf} and (not ${moderates} or not ${outranks}) then 'rank'
    when ${isLastOwner} and exists (select from members o where o.room_id = actor.room
                                     and o.person_id <> target.id and o.invited) then 'last_owner'
    when ${isSelf} and (target.muted_until > now() or ${isSlowed}
                        or (target.own_role = 'reader' and ${mayReturn})) then 'restricted'
  end as why
  from actor left join target on true
), done as (
  delete from members m using actor, target
   where m.room_id = actor.room and m.person_id = target.id and (select why from verdict) is null
  returning m.person_id as about_id, null::bigint as n, '' as detail, true as lost
), ${eventPart('member.changed')}, ${auditPart('member.removed', 'about_id <> person')}, ${lostPart}
select ${goneRow}
  from (select 1) one left join target on true`

const banning = `
with ${actorPart}, ${targetPart}, verdict as (
  select case
    when actor.why is not null then actor.why
    when target.id is null then 'no_member'
    when actor.direct is not null then 'direct'
    when ${isSelf} or not ${moderates} or not ${outranks} then 'rank'
    when ${isLastOwner} then 'last_owner'
  end as why
  from actor left join target on true
), removed as (
  delete from members m using actor, target
   where m.room_id = actor.room and m.person_id = target.id and (select why from verdict) is null
), done as (
  insert into room_bans (room_id, person_id, by_id)
  select actor.room, target.id, actor.person from actor, target where (select why from verdict) is null
  on conflict do nothing
  returning person_id as about_id, null::bigint as n, '' as detail, true as lost
), ${eventPart('member.changed')}, ${auditPart('member.banned')}, ${lostPart}
select ${goneRow}
  from (select 1) one left join target on true`
