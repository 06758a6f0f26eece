import { limits } from '../limits.ts'
import { intoAudit } from './audit.ts'
import type { Person } from './people.ts'
import { notFound, Refusal } from './refusal.ts'
import { actor, findListed, ownersOnly } from './roster.ts'
import { intoServerLog } from './server.ts'
import type { Sql } from './sql.ts'

/** The number of a change in the server's log; null where all was so already. */
export type Done = { seq: number | null }

/**
 * Makes an owner of a member, or a member of an owner, who is never the last one.
 * @param by the owner who does it.
 * @returns `not_found` where there is no such account; `conflict` for the last owner, or somebody
 *   who is banned.
 */
export async function changeKind(
  sql: Sql,
  by: Person,
  id: number,
  kind: 'member' | 'owner',
): Promise<Done | Refusal> {
  const before = await findListed(sql, id)
  if (before instanceof Refusal) return before
  if (before.kind === kind) return { seq: null }
  const { rows } = await sql.query<Done>(kind === 'owner' ? toOwner : toMember, [by.id, id])
  const done = rows[0]
  if (!done || done.seq !== null) return done ?? ownersOnly()
  return kind === 'owner'
    ? new Refusal('conflict', `${before.name} cannot become an owner just now. Look again.`)
    : new Refusal('conflict', `${before.name} is the last owner. Make another one first.`)
}

const toOwner = `with ${actor('$1')}, changed as (
     update people set kind = 'owner'
      where id = $2 and kind = 'member' and banned_at is null and exists (select from actor)
        and exists (select from accounts where person_id = $2)
     returning id
   ), unopened as (
     -- Whoever made such a link for a member must not come in as an owner by it.
     delete from entry_links l using changed where l.person_id = changed.id and l.used_at is null
   ), ${intoAudit('owner.made', '$1')}, ${intoServerLog('person.changed')}
   select (select last_seq from counted) as seq from actor`

/** All owners are locked in one order: two who take it from each other do so one after the other. */
const toMember = `with ${actor('$1')}, owners as materialized (
     select id from people where kind = 'owner' order by id for no key update
   ), changed as (
     update people set kind = 'member'
      where id = $2 and id in (select id from owners) and (select count(*) from owners) > 1
        and (select id from actor) in (select id from owners)
     returning id
   ), ${intoAudit('owner.unmade', '$1')}, ${intoServerLog('person.changed')}
   select (select last_seq from counted) as seq from actor`

/**
 * Bans somebody from the server, whatever their kind but an owner. Their waits end; their sessions
 * stay, so that the browser of a guest is known as theirs.
 * @param by the owner who does it.
 * @param isPlaceBarred whether no new guests are taken for a while from where a guest came.
 */
export const ban = (
  sql: Sql,
  by: Person,
  id: number,
  isPlaceBarred: boolean,
): Promise<Done | Refusal> => setBan(sql, by, id, isPlaceBarred ? toBarred : toBanned)

/** Lets somebody in again. */
export const unban = (sql: Sql, by: Person, id: number): Promise<Done | Refusal> =>
  setBan(sql, by, id, toUnbanned)

const banning = (more: string) => `with ${actor('$1')}, changed as (
     update people set banned_at = now()
      where id = $2 and kind <> 'owner' and banned_at is null and exists (select from actor)
     returning id
   ), ${more}${intoAudit('person.banned', '$1')}, ${intoServerLog('session.ended')}
   select (select last_seq from counted) as seq from actor`

const toBanned = banning('')

/** A school or an office is one address: only new guests are kept out, and not for ever. */
const toBarred = banning(`barred as (
     insert into barred_addresses (address, by_id, expires_at)
     select p.address, $1, now() + ${limits.barredDays} * interval '1 day'
       from changed join people p on p.id = changed.id where p.address is not null
     on conflict (address) do update set expires_at = excluded.expires_at
   ), `)

const toUnbanned = `with ${actor('$1')}, changed as (
     update people set banned_at = null
      where id = $2 and banned_at is not null and exists (select from actor)
     returning id, address
   ), unbarred as (
     delete from barred_addresses b using changed where b.address = changed.address
   ), ${intoAudit('person.unbanned', '$1')}, ${intoServerLog('person.changed')}
   select (select last_seq from counted) as seq from actor`

async function setBan(sql: Sql, by: Person, id: number, text: string): Promise<Done | Refusal> {
  const done = (await sql.query<Done>(text, [by.id, id])).rows[0]
  if (!done) return ownersOnly()
  if (done.seq !== null) return done
  const { rows } = await sql.query<Pick<Person, 'kind'>>('select kind from people where id = $1', [
    id,
  ])
  if (!rows[0]) return notFound('person')
  const isRefused = rows[0].kind === 'owner' && text !== toUnbanned
  return isRefused ? new Refusal('conflict', 'Owners cannot be banned.') : done
}
