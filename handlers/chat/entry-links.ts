import { limits } from '../limits.ts'
import type { Person } from './people.ts'
import { Refusal } from './refusal.ts'
import { newSecret } from './secrets.ts'
import type { Sql } from './sql.ts'

/** What a link does for whoever opens it: makes the first owner, another one, or signs one person in. */
export type Purpose = 'first_owner' | 'owner' | 'sign_in'

/** What a link holds, to be shown once: the database knows its hash. */
export type NewLink = { token: string; purpose: Purpose }

/**
 * A link for whoever is to be the first owner. What has expired of all links is cleared away.
 * @returns null where there is an owner already.
 */
export async function makeFirstOwnerLink(sql: Sql): Promise<NewLink | null> {
  const { text, key } = newSecret()
  const { rows } = await sql.query<object>(
    `with cleared as (
       delete from entry_links where expires_at < now()
     )
     insert into entry_links (key, purpose, expires_at)
     select $1, 'first_owner', now() + make_interval(secs => $2) from server where first_owner_at is null
     returning purpose`,
    [key, limits.firstOwnerLinkSeconds],
  )
  return rows[0] ? { token: text, purpose: 'first_owner' } : null
}

/** A link for whoever has the server in their hands: the first owner's, or where there is one another's. */
export async function makeOwnerLink(sql: Sql): Promise<NewLink> {
  const { text, key } = newSecret()
  const { rows } = await sql.query<{ purpose: Purpose }>(
    `insert into entry_links (key, purpose, expires_at)
     select $1, case when first_owner_at is null then 'first_owner' else 'owner' end,
            now() + make_interval(secs => $2)
       from server
     returning purpose`,
    [key, limits.entryLinkSeconds],
  )
  return { token: text, purpose: rows[0]?.purpose ?? 'owner' }
}

/** A link as whoever opens it finds it. */
export type EntryLink =
  | { purpose: 'first_owner' | 'owner' }
  | { purpose: 'sign_in'; person: Person; hasPassword: boolean }

type LinkRow = { purpose: Purpose; id: number | null; hasPassword: boolean } & Omit<Person, 'id'>

/**
 * Looks at a link, which stays as it is.
 * @returns `not_found` for one that nobody made, and for one that is used or has expired.
 */
export async function findEntryLink(sql: Sql, key: Uint8Array): Promise<EntryLink | Refusal> {
  const { rows } = await sql.query<LinkRow>(
    `select l.purpose, p.id, p.name, p.color, p.kind, a.password is not null as "hasPassword"
       from entry_links l
       left join people p on p.id = l.person_id
       left join accounts a on a.person_id = p.id
      where l.key = $1 and p.banned_at is null and coalesce(p.kind, 'member') = 'member' and ${isGood}`,
    [key],
  )
  const row = rows[0]
  if (!row) return noSuchLink()
  const { purpose, hasPassword, id, ...person } = row
  if (purpose !== 'sign_in' || id === null) {
    return { purpose: purpose === 'first_owner' ? purpose : 'owner' }
  }
  return { purpose, person: { id, ...person }, hasPassword }
}

/** Of a link `l` in a statement: whether it still opens something. */
export const isGood = `l.used_at is null and l.expires_at > now()
        and (l.purpose <> 'first_owner' or exists (select from server where first_owner_at is null))`

/** The same for every link that opens nothing, whatever was the matter with it. */
export const noSuchLink = () =>
  new Refusal(
    'not_found',
    'This link does not work any more: it was used, or its time is over. Ask for another one.',
  )
