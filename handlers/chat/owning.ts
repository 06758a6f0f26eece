import { type AccountDraft, nameTaken, tooBusy } from './accounts.ts'
import { intoAudit } from './audit.ts'
import { isGood, noSuchLink } from './entry-links.ts'
import type { AccountStore } from './passwords.ts'
import type { NewSession, Person } from './people.ts'
import { Refusal } from './refusal.ts'
import type { Opened } from './sessions.ts'
import type { Sql } from './sql.ts'
import { loginOf } from './text.ts'

/** Somebody known, and the key of the session that they showed. */
export type Known = { person: Person; session: Uint8Array }

/**
 * Uses a link of a new owner's.
 * @param key the link's.
 * @param known who opens it, who stays who they are; null for a visitor.
 * @param draft of the account, of whoever has none yet.
 * @param session what they are known by from then on. A guest's older sessions end, and of a member
 *   the one that was shown.
 * @returns `not_found` where the link opens nothing any more: of several who come at once for the
 *   first owner's place one gets it. `conflict` where the name is a member's.
 */
export async function becomeOwner(
  { sql, passwords }: AccountStore,
  key: Uint8Array,
  known: Known | null,
  draft: AccountDraft | null,
  session: NewSession,
): Promise<Opened | Refusal> {
  const values = [key, session.key, session.device]
  if (!draft) return known ? promoteMember(sql, known, values) : noSuchLink()
  const { profile, password } = draft
  const hash = await passwords.hash(password).catch(tooBusy)
  if (hash instanceof Refusal) return hash
  const account = [profile.name, profile.color, loginOf(profile.name), hash]
  const made = known
    ? promoteGuest(sql, known, [...values, ...account])
    : enrolOwner(sql, [...values, ...account])
  return made.catch(nameTaken(profile.name))
}

/**
 * Uses the link, and takes the first owner's place: the row of `server` is locked by whoever is
 * first, and whoever waited for it finds the place taken.
 * @param who a condition on whoever opens the link.
 * @param events of the server's log that are made of it.
 */
const taken = (who: string, events: 0 | 1): string =>
  `link as (
       update entry_links l set used_at = now()
        where l.key = $1 and l.purpose <> 'sign_in' and ${isGood} and ${who}
       returning purpose
     ), place as (
       update server set first_owner_at = coalesce(first_owner_at, now()), last_seq = last_seq + ${events}
        where exists (select from link)
          and (first_owner_at is null or (select purpose from link) = 'owner')
       returning last_seq
     )`

/** What every new owner leaves behind; nobody but the link has made them one. */
const settled = `session as (
       insert into sessions (key, person_id, name, used_at) select $2, id, $3, now() from changed
     ), ${intoAudit('owner.made', 'id')}`

const logged = (type: 'person.changed' | 'session.ended') =>
  `logged as (
       insert into server_log (seq, type, person_id)
       select last_seq, '${type}', changed.id from place, changed
     )`

async function enrolOwner(sql: Sql, values: unknown[]): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person>(
    `with ${taken('true', 0)}, changed as (
       insert into people (name, color, kind) select $4, $5, 'owner' from place
       returning id, name, color, kind
     ), account as (
       insert into accounts (person_id, login, password) select id, $6, $7 from changed
     ), ${settled}
     select id, name, color, kind from changed`,
    values,
  )
  return rows[0] ? { person: rows[0], seq: null } : noSuchLink()
}

/** Locked before the place is taken, so that it is taken for somebody. */
const standing = (kinds: string) =>
  `standing as materialized (
       select id from people where id = $4 and kind in (${kinds}) and banned_at is null
          and exists (select from sessions where key = $5 and person_id = $4)
          for no key update
     )`

async function promoteGuest(
  sql: Sql,
  { person, session }: Known,
  [key, fresh, device, ...account]: unknown[],
): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person & { seq: number }>(
    `with ${standing(`'guest'`)}, ${taken('exists (select from standing)', 1)}, changed as (
       update people set name = $6, color = $7, kind = 'owner'
        where id in (select id from standing) and exists (select from place)
       returning id, name, color, kind
     ), account as (
       insert into accounts (person_id, login, password) select id, $8, $9 from changed
     ), ended as (
       delete from sessions where person_id in (select id from changed)
     ), ${settled}, ${logged('session.ended')}
     select changed.*, last_seq as seq from changed, place`,
    [key, fresh, device, person.id, session, ...account],
  )
  return openedBy(rows[0])
}

/** Another session begins, as with every change of what somebody may do. */
async function promoteMember(
  sql: Sql,
  { person, session }: Known,
  values: unknown[],
): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person & { seq: number }>(
    `with ${standing(`'member'`)}, ${taken('exists (select from standing)', 1)}, changed as (
       update people set kind = 'owner'
        where id in (select id from standing) and exists (select from place)
       returning id, name, color, kind
     ), ended as (
       delete from sessions where key = $5 and exists (select from changed)
     ), ${settled}, ${logged('session.ended')}
     select changed.*, last_seq as seq from changed, place`,
    [...values, person.id, session],
  )
  return openedBy(rows[0])
}

function openedBy(row: (Person & { seq: number }) | undefined): Opened | Refusal {
  if (!row) return noSuchLink()
  const { seq, ...person } = row
  return { person, seq }
}
