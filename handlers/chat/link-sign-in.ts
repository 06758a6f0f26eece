import { passwordProblem, tooBusy } from './accounts.ts'
import { noSuchLink } from './entry-links.ts'
import type { AccountStore } from './passwords.ts'
import type { NewSession, Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import type { Opened } from './sessions.ts'

/**
 * Signs in the person that a link was made for.
 * @param key the link's.
 * @param password a new one, which ends all their other sessions; empty to keep the one they have.
 * @returns `not_found` where the link opens nothing any more; `invalid` for a password that is too
 *   short, or missing where they have none.
 */
export async function signInByLink(
  { sql, passwords }: AccountStore,
  key: Uint8Array,
  { password, isNeeded }: { password: string; isNeeded: boolean },
  session: NewSession,
): Promise<Opened | Refusal> {
  const isKept = password === '' && !isNeeded
  const problem = isKept ? undefined : passwordProblem(password)
  if (problem) return invalid({ password: problem })
  const hash = isKept ? null : await passwords.hash(password).catch(tooBusy)
  if (hash instanceof Refusal) return hash
  const { rows } = await sql.query<Person & { seq: number | null }>(
    `with link as (
       update entry_links l set used_at = now()
         from people p
         join accounts a on a.person_id = p.id
        where l.key = $1 and l.purpose = 'sign_in' and l.used_at is null and l.expires_at > now()
          and p.id = l.person_id and p.kind = 'member' and p.banned_at is null
          and ($2::text is not null or a.password is not null)
       returning p.id, p.name, p.color, p.kind
     ), account as (
       update accounts set password = $2 where $2::text is not null and person_id in (select id from link)
     ), others as (
       delete from sessions where $2::text is not null and person_id in (select id from link)
       returning person_id
     ), older as (
       delete from entry_links
        where $2::text is not null and key <> $1 and used_at is null and person_id in (select id from link)
     ), session as (
       insert into sessions (key, person_id, name, used_at) select $3, id, $4, now() from link
     ), changed as (
       select distinct person_id as id from others
     ), ${intoServerLog('session.ended')}
     select link.*, (select last_seq from counted) as seq from link`,
    [key, hash, session.key, session.device],
  )
  if (!rows[0]) return noSuchLink()
  const { seq, ...person } = rows[0]
  return { person, seq }
}
