import { makerModerates, type Role } from '../access.ts'
import { notFound, Refusal, signIn } from '../refusal.ts'
import { type Actor, type ActRow, actorValues, eventPart, sessionWrites } from './act.ts'
import { single } from './kind.ts'

/** Somebody who uses an invitation link. */
export type Joining = Actor & {
  kind: 'joining'
  /** The link's stored key. */
  link: Uint8Array
}

/** As what they are in the room now, whether by this link or as they were before. */
export type Joined = { role: Role }

type Row = ActRow & { role: Role | null }

/** Lets somebody in by a link. Who is in already stays what they are, and uses none of it up. */
export const joinings = single<Joining, Row, Joined>(
  ({ link, ...actor }) => ({ text: statement, values: [...actorValues(actor), link] }),
  (_, row) => {
    if (row.why === 'signed_out') return { outcome: signIn(), seq: null }
    if (row.why === 'accounts_only') return { outcome: accountsOnly(), seq: null }
    if (row.why !== null || row.role === null) return { outcome: noLink(), seq: null }
    return { outcome: { role: row.role }, seq: row.seq }
  },
)

/** A link that is used up, out of date, revoked or none at all; and one that is not for whoever asks. */
export const noLink = () => notFound('invitation')

const accountsOnly = () =>
  new Refusal(
    'not_allowed',
    'This server is for people with an account. Make one or sign in, then open the link again.',
  )

/**
 * The room is locked, so that no two use up the same use. Whom the link lets see what is said from
 * now on alone, sees what comes after the room's number as it is now.
 */
const statement = `
with actor as materialized (
  select r.id as room, r.last_seq, p.id as person, l.id as link, l.access, l.history,
         m.person_id is not null and m.invited as is_in,
         case
           when p.id is null or s.key is null then 'signed_out'
           when m.person_id is not null and m.invited and p.banned_at is null then 'in_already'
           when r.id is null or l.id is null or p.banned_at is not null or not ${makerModerates}
                or exists (select from room_bans b where b.room_id = r.id and b.person_id = p.id)
             then 'no_link'
           when p.kind = 'guest' and pol.entry = 'members' then 'accounts_only'
           when l.expires_at <= now() or l.used >= l.uses then 'no_link'
         end as why
    from (select $1::bigint as room, $2::bigint as person, $3::bytea as session, $4::bytea as link) a
    cross join lateral (select * from policy limit 1) pol
    left join rooms r on r.id = a.room
    left join people p on p.id = a.person
    left join sessions s on s.key = a.session and s.person_id = p.id and ${sessionWrites}
    left join links l on l.key = a.link and l.room_id = r.id
    left join people maker on maker.id = l.by_id
    left join members m on m.room_id = r.id and m.person_id = p.id
), used as (
  update links set used = used + 1 from actor where links.id = actor.link and why is null
), placed as (
  insert into members as m (room_id, person_id, role, invited, floor)
  select room, person, case access when 'read' then 'reader' else 'member' end, true,
         case history when 'from_now' then last_seq else 0 end
    from actor where why is null
  -- Who wrote in an open room is in it already, and is invited now.
  on conflict (room_id, person_id) do update set invited = true
  returning m.*
), done as (
  select person_id as about_id, null::bigint as n, '' as detail, false as lost from placed
), ${eventPart('member.changed')}
select case when actor.why = 'in_already' then null else actor.why end as why,
       (select seq from event) as seq, null as "serverSeq",
       coalesce((select role from placed), m.role) as role
  from actor left join members m on m.room_id = actor.room and m.person_id = actor.person`
