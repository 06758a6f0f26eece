import { limits } from '../limits.ts'
import { passwordProblem, tooBusy } from './accounts.ts'
import type { AccountStore, Passwords } from './passwords.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import type { Sql } from './sql.ts'
import { characters } from './text.ts'

/** Whether somebody has a password; null where they have no account that could have one. */
export async function hasPassword(sql: Sql, { id }: Person): Promise<boolean | null> {
  const stored = await storedOf(sql, id)
  return stored === undefined ? null : stored !== null
}

async function storedOf(sql: Sql, id: number): Promise<string | null | undefined> {
  const text = 'select password from accounts where person_id = $1'
  return (await sql.query<{ password: string | null }>(text, [id])).rows[0]?.password
}

type Typed = { current: string; password: string }

/**
 * Gives somebody another password. All their other sessions end, tokens as well, and the links
 * that would sign them in.
 * @param session the one that stays.
 * @param typed `current` is not looked at where there is none.
 * @param mayTry is asked before a password is looked at.
 * @returns the number of the change in the server's log, null where no other session was; `invalid`
 *   for what does not fit; `conflict` where the password was changed or the session ended meanwhile.
 */
export async function changePassword(
  { sql, passwords }: AccountStore,
  { id }: Person,
  session: Uint8Array,
  { current, password }: Typed,
  mayTry: () => Promise<Refusal | null>,
): Promise<{ seq: number | null } | Refusal> {
  const stored = await storedOf(sql, id)
  if (stored === undefined) return new Refusal('not_allowed', 'Make an account first.')
  const problem = passwordProblem(password)
  if (problem) return invalid({ password: problem })
  if (stored !== null) {
    const refusal = (await mayTry()) ?? (await wrong(passwords, current, stored))
    if (refusal) return refusal
  }
  const hash = await passwords.hash(password).catch(tooBusy)
  if (hash instanceof Refusal) return hash
  const { rows } = await sql.query<{ seq: number | null }>(
    `with account as (
       update accounts set password = $4
        where person_id = $1 and password is not distinct from $3
          and exists (select from sessions where key = $2 and person_id = $1)
       returning person_id
     ), others as (
       delete from sessions where key <> $2 and person_id in (select person_id from account)
       returning person_id
     ), links as (
       delete from entry_links where used_at is null and person_id in (select person_id from account)
     ), changed as (
       select distinct person_id as id from others
     ), ${intoServerLog('session.ended')}
     select (select last_seq from counted) as seq from account`,
    [id, session, stored, hash],
  )
  return rows[0] ?? new Refusal('conflict', 'That was changed elsewhere just now. Look again.')
}

async function wrong(
  passwords: Passwords,
  current: string,
  stored: string,
): Promise<Refusal | null> {
  const isPossible = characters(current) <= limits.passwordCharsMax
  const checked = await passwords.check(isPossible ? current : '', stored).catch(tooBusy)
  if (checked instanceof Refusal) return checked
  return checked.isRight ? null : invalid({ current: 'That is not your password as it is now.' })
}
