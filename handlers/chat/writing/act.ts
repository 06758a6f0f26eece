import { roleIn, seesRoom } from '../access.ts'
import { notFound, Refusal, signIn } from '../refusal.ts'

/** Who changes something in a room, beside messages of their own. */
export type Actor = {
  roomId: number
  personId: number
  /** The stored key of the session that they are known by; it must still stand. */
  session: Uint8Array
}

/** The first three values of an act's statement. */
export const actorValues = ({ roomId, personId, session }: Actor): unknown[] => [
  roomId,
  personId,
  session,
]

/** Whether a session called `s` may change anything. */
export const sessionWrites = `(s.scope = 'write' and (s.expires_at is null or s.expires_at > now()))`

/**
 * The first part of an act: who acts, as what, and why they may do nothing at all. Its values are
 * `actorValues`.
 */
export const actorPart = `actor as materialized (
  select r.id as room, r.slug, r.visibility, r.direct, r.archived, r.last_seq, p.id as person,
         p.kind, p.name, ${roleIn} as role, m.person_id is not null as is_in, m.muted_until,
         coalesce(m.floor, 0) as floor, pol.entry,
         p.kind in ('member', 'owner') or pol.entry = 'open' as sees_open,
         case
           when not ${seesRoom} or (s.key is null and r.visibility <> 'open') then 'gone'
           when s.key is null then 'signed_out'
         end as why
    from (select $1::bigint as room, $2::bigint as person, $3::bytea as session) a
    cross join lateral (select * from policy limit 1) pol
    left join rooms r on r.id = a.room
    left join people p on p.id = a.person
    left join sessions s on s.key = a.session and s.person_id = p.id and ${sessionWrites}
    left join members m on m.room_id = r.id and m.person_id = p.id
)`

/** How much a role is, in SQL; 0 for none. */
export const rank = (role: string): string =>
  `coalesce(array_position(array['reader', 'member', 'moderator', 'owner'], ${role}), 0)`

/**
 * Why somebody may not look after a room, as it is when the statement runs: who asks was let in
 * before their request's body came, and may have lost it since.
 */
export const hostPart = (room: string, person: string): string => `host as materialized (
  select case
           when not ${seesRoom} then 'gone'
           when r.direct is not null or ${rank(roleIn)} < ${rank(`'moderator'`)} then 'rank'
         end as why
    from (select * from policy limit 1) pol
    left join rooms r on r.id = ${room}
    left join people p on p.id = ${person}
    left join members m on m.room_id = r.id and m.person_id = p.id
)`

/** The types of the events that acts make. */
type ActEvent =
  | 'message.edited'
  | 'message.deleted'
  | 'message.restored'
  | 'reaction.changed'
  | 'pin.changed'
  | 'member.changed'

/**
 * The event of an act in its room's log. The act's own part `done (about_id, n, detail, lost)` has a
 * row where there is something to tell.
 */
export const eventPart = (type: ActEvent): string => `event as (
  insert into log (room_id, seq, type, by_id, n, about_id, at)
  select room, last_seq + 1, '${type}', person, done.n, done.about_id,
         date_trunc('milliseconds', clock_timestamp())
    from actor, done
  returning seq
), counted as (
  update rooms set last_seq = event.seq, moved = pg_current_xact_id()
    from event where rooms.id = (select room from actor)
)`

/** The line in the audit log, of what somebody did who has the right to do it to others. */
export const auditPart = (action: string, where = 'true'): string => `audited as (
  insert into audit (by_id, room_id, action, about_id, n, detail)
  select person, room, '${action}', done.about_id, done.n, done.detail from actor, done where ${where}
)`

/** Whoever has lost what they could see is told of nothing more, on any instance. */
export const lostPart = `served as (
  update server set last_seq = last_seq + 1 where exists (select from done where lost)
  returning last_seq
), told as (
  insert into server_log (seq, type, person_id)
  select served.last_seq, 'access.changed', done.about_id from served, done
)`

/** What an act's statement gives. */
export type ActRow = { why: string | null; seq: number | null; serverSeq: number | null }

export const actResult = `(select seq from event) as seq, (select last_seq from served) as "serverSeq"`

/** Why nothing came of an act, by the words that its statement says. */
export const actRefusals: Record<string, () => Refusal> = {
  gone: () => notFound('room'),
  signed_out: signIn,
  archived: () =>
    new Refusal('not_allowed', 'This room is archived: it can be read, not written to.'),
  reads_only: () => new Refusal('not_allowed', 'In this room you may read, not write.'),
  muted: () =>
    new Refusal('not_allowed', 'A moderator has muted you here. You can read, and write later.'),
  not_yours: () => new Refusal('not_allowed', 'Only its author may put a message in other words.'),
  not_in: () => new Refusal('not_allowed', 'Say something here first: then you are in this room.'),
  rank: () => new Refusal('not_allowed', 'In this room you may not do that.'),
  direct: () =>
    new Refusal('not_allowed', 'A conversation belongs to all who are in it, and stays as it is.'),
  no_member: () => notFound('person'),
  no_message: () => notFound('message'),
  last_owner: () =>
    new Refusal('conflict', 'A room needs an owner. Make somebody else an owner first.'),
  restricted: () =>
    new Refusal(
      'not_allowed',
      'You may not write freely here just now, and leaving would end that. Set what you are told of to “nothing” instead.',
    ),
  is_banned: () => new Refusal('conflict', 'They are banned from this room. Lift the ban first.'),
}

/** The refusal that a statement's word stands for. */
export const refusalOf = (why: string): Refusal =>
  (actRefusals[why] ?? actRefusals.rank ?? signIn)()
