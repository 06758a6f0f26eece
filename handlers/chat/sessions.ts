import type { NewSession, Person } from './people.ts'
import { Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import type { Sql } from './sql.ts'

/** Somebody, and the number of the change in the server's log; null where nobody need be told. */
export type Opened = { person: Person; seq: number | null }

/**
 * Begins a session of somebody who has shown who they are.
 * @param before the key of the session that was shown, if one was: it ends, so that nothing known of
 *   it before is worth anything after.
 * @returns `not_allowed` for somebody who is banned; `sign_in` for nobody.
 */
export async function beginSession(
  sql: Sql,
  personId: number,
  session: NewSession,
  before: Uint8Array | null,
): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person & { banned: boolean; seq: number | null }>(
    `with person as (
       select id, name, color, kind, banned_at is not null as banned from people where id = $1
     ), changed as (
       delete from sessions where key = $4 and exists (select from person where not banned)
       returning person_id as id
     ), session as (
       insert into sessions (key, person_id, name, used_at)
       select $2, id, $3, now() from person where not banned
     ), ${intoServerLog('session.ended')}
     select person.*, (select last_seq from counted) as seq from person`,
    [personId, session.key, session.device, before],
  )
  if (!rows[0]) return new Refusal('sign_in', 'There is no such account any more.')
  const { banned: isBanned, seq, ...person } = rows[0]
  return isBanned ? banned() : { person, seq }
}

/** For whoever the server's owner has banned. */
export const banned = () => new Refusal('not_allowed', 'You were banned from this server.')
