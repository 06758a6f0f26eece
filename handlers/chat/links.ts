import { limits } from '../limits.ts'
import { isAtLeast, makerModerates, type Standing } from './access.ts'
import { invalid, notFound, Refusal } from './refusal.ts'
import type { Room } from './rooms.ts'
import type { Sql } from './sql.ts'
import { actRefusals, hostPart, refusalOf } from './writing/act.ts'

/** An invitation link to one room. What it holds is told once, to whoever makes it. */
export type Link = {
  id: number
  access: 'read' | 'write'
  history: 'all' | 'from_now'
  /** Null for any number of people. */
  uses: number | null
  used: number
  expiresAt: Date | null
  createdAt: Date
  /** Who made it. */
  by: string
}

export type LinkDraft = {
  access: Link['access']
  history: Link['history']
  uses: number | null
  /** Seconds; null for as long as the room stands. */
  expiresIn: number | null
}

/** Checks what a link is asked for with. */
export function readLinkDraft(typed: Record<string, string | undefined>): LinkDraft | Refusal {
  const problems: Record<string, string> = {}
  const access = typed.access || 'write'
  const history = typed.history || 'all'
  if (access !== 'read' && access !== 'write') problems.access = 'access is read or write.'
  if (history !== 'all' && history !== 'from_now') problems.history = 'history is all or from_now.'
  const uses = number('uses', limits.linkUses)
  const expiresIn = number('expires_in', limits.linkSeconds)
  if (Object.keys(problems).length > 0) return invalid(problems)
  return { access, history, uses, expiresIn } as LinkDraft

  function number(name: string, most: number): number | null {
    const text = typed[name]
    if (!text) return null
    if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text)
    problems[name] = `${name} is a whole number from 1 to ${most}.`
    return null
  }
}

const columns = `l.id, l.access, l.history, l.uses, l.used, l.expires_at as "expiresAt",
  l.created_at as "createdAt", p.name as by`

/** Somebody who looks after a room's links, and as what they were let in. */
export type Host = { room: Room; personId: number; standing: Standing }

/** Whether somebody may make, see and revoke a room's links. */
export const invites = ({ room, standing }: Pick<Host, 'room' | 'standing'>): boolean =>
  !room.direct && isAtLeast(standing.role, 'moderator')

/**
 * Makes a link.
 * @param key what the database knows it by.
 * @returns `not_allowed` for whoever moderates nothing here, `not_found` for whom the room is lost by
 *   now; `conflict` where there are as many as may be.
 */
export async function makeLink(
  sql: Sql,
  host: Host,
  draft: LinkDraft,
  key: Uint8Array,
): Promise<Link | Refusal> {
  if (!invites(host)) return mayNot()
  const { rows } = await sql.query<Link & { why: string | null }>(
    `with ${hostPart('$1', '$3')}, l as (
       insert into links (room_id, key, by_id, access, history, uses, expires_at)
       select $1::bigint, $2, $3::bigint, $4, $5, $6::integer, now() + $7 * interval '1 second'
        where (select count(*) from links where room_id = $1) < $8 and (select why from host) is null
       returning *
     ), audited as (
       insert into audit (by_id, room_id, action, detail)
       select by_id, room_id, 'link.made', concat_ws(', ', access, history, uses || ' uses') from l
     )
     select host.why, ${columns} from host left join l on true left join people p on p.id = l.by_id`,
    [
      host.room.id,
      key,
      host.personId,
      draft.access,
      draft.history,
      draft.uses,
      draft.expiresIn,
      limits.linksOfRoom,
    ],
  )
  const { why = 'gone', ...link } = rows[0] ?? {}
  if (why !== null) return refusalOf(why)
  if ('id' in link && link.id !== null) return link
  return new Refusal(
    'conflict',
    `A room has at most ${limits.linksOfRoom} links. Revoke one first.`,
  )
}

const mayNot = () => (actRefusals.rank ?? notFound)('room')

/** A room's links, the newest first; those that are used up or out of date as well. */
export async function listLinks(sql: Sql, host: Host): Promise<Link[] | Refusal> {
  if (!invites(host)) return mayNot()
  const { rows } = await sql.query<Link>(
    `select ${columns} from links l join people p on p.id = l.by_id
      where l.room_id = $1 order by l.id desc`,
    [host.room.id],
  )
  return rows
}

/** Revokes a link; who came by it stays. */
export async function revokeLink(sql: Sql, host: Host, id: number): Promise<null | Refusal> {
  if (!invites(host)) return mayNot()
  const { rows } = await sql.query(
    `with l as (
       delete from links where room_id = $1 and id = $2 returning id, room_id
     ), audited as (
       insert into audit (by_id, room_id, action, detail)
       select $3, room_id, 'link.revoked', id::text from l
     )
     select id from l`,
    [host.room.id, id, host.personId],
  )
  return rows[0] ? null : notFound('link')
}

/** What a link leads to, for whoever holds it. */
export type Invitation = { roomId: number; slug: string; name: string; topic: string } & Pick<
  Link,
  'access' | 'history' | 'by'
>

/**
 * What a link leads to.
 * @param key what the database knows it by.
 * @param personId who looks, if they are known: whoever is in already is shown it in any case.
 * @returns null for one that is used up, out of date, revoked or none at all.
 */
export async function findInvitation(
  sql: Sql,
  key: Uint8Array,
  personId: number | null,
): Promise<Invitation | null> {
  const { rows } = await sql.query<Invitation>(
    `select r.id as "roomId", r.slug, r.name, r.topic, l.access, l.history, maker.name as by
       from links l join rooms r on r.id = l.room_id join people maker on maker.id = l.by_id
      where l.key = $1 and ${makerModerates}
        and not exists (select from room_bans b where b.room_id = r.id and b.person_id = $2)
        and ((coalesce(l.expires_at > now(), true) and coalesce(l.used < l.uses, true))
             or exists (select from members m
                         where m.room_id = r.id and m.person_id = $2 and m.invited))`,
    [key, personId],
  )
  return rows[0] ?? null
}
