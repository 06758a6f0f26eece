import { limits } from '../limits.ts'
import { type AccountStore, TooManyPasswords } from './passwords.ts'
import {
  linkIsGood,
  type Newcomer,
  type NewSession,
  type Person,
  type Profile,
  readProfile,
} from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import { banned, type Opened } from './sessions.ts'
import { brokenConstraint, type Sql } from './sql.ts'
import { characters, loginOf } from './text.ts'

type Typed = {
  name?: string | undefined
  color?: string | undefined
  password?: string | undefined
}

/** An account that somebody wants. */
export type AccountDraft = { profile: Profile; password: string }

/**
 * Checks what an account is asked for with.
 * @param standing who asks, if they are known: what is not given is as it was.
 */
export function readAccountDraft(typed: Typed, standing: Person | null): AccountDraft | Refusal {
  const profile = readProfile(typed, standing)
  const problem = passwordProblem(typed.password ?? '')
  if (profile instanceof Refusal || problem) {
    const fields = profile instanceof Refusal ? profile.fields : {}
    return invalid({ ...fields, ...(problem ? { password: problem } : {}) })
  }
  return { profile, password: typed.password ?? '' }
}

/** What is wrong with a new password. Length is what counts: https://pages.nist.gov/800-63-4/sp800-63b.html, "Password verifiers". */
export function passwordProblem(password: string): string | undefined {
  const length = characters(password)
  if (length < limits.passwordCharsMin) {
    return `A password has at least ${limits.passwordCharsMin} characters. A few words do well.`
  }
  if (length > limits.passwordCharsMax) {
    return `A password has at most ${limits.passwordCharsMax} characters.`
  }
  return undefined
}

/** A guest, and the key of the session that they showed. */
export type Guest = { person: Person; session: Uint8Array | null }

/**
 * Makes an account: of a visitor a new member, of a guest the same person with all that is theirs.
 * @param session what they are known by from then on; a guest's older sessions end.
 * @param newcomer the invitation that they hold, if any, and from where they come.
 * @returns `conflict` where the name is a member's, or where they have an account already or have
 *   signed out meanwhile; `not_allowed` where the server's policy lets them make none; `unavailable`
 *   where too many make one or sign in.
 */
export async function openAccount(
  { sql, passwords }: AccountStore,
  guest: Guest | null,
  { profile, password }: AccountDraft,
  session: NewSession,
  { link, address }: Newcomer,
): Promise<Opened | Refusal> {
  if (guest && guest.person.kind !== 'guest') return second()
  const hash = await passwords.hash(password).catch(tooBusy)
  if (hash instanceof Refusal) return hash
  const { name, color } = profile
  const values = [name, color, loginOf(name), hash, session.key, session.device, link]
  const open = guest ? promote(sql, guest, values) : enrol(sql, [...values, address])
  return open.catch(nameTaken(profile.name))
}

/**
 * Whether an account may be made, in SQL, by whoever holds the invitation `$7` or came by one. What
 * guests have among themselves invites nobody: a link counts whose maker has an account. It makes
 * as many accounts as it has uses; its row is locked while they are counted.
 */
const mayOpen = (cameByLink: string, isWelcome = 'true'): string => `asked as materialized (
       select accounts, ${cameByLink} as came from policy where ${isWelcome}
     ), spent as (
       update links held set accounts = held.accounts + 1 from asked
        where held.key = $7 and asked.accounts = 'invited' and not asked.came
          and coalesce(held.accounts < held.uses, true)
          and ${linkIsGood('$7', "and maker.kind <> 'guest'")}
       returning held.id
     ), may as (
       select from asked
        where accounts = 'anyone' or (accounts = 'invited' and (came or exists (select from spent)))
     )`

const isNotBarred =
  'not exists (select from barred_addresses b where b.address = $8 and b.expires_at > now())'

/** Whether the guest `$8` was let into a room that somebody with an account looks after. */
const wasInvited = `exists (
  select from members m
    join members k on k.room_id = m.room_id and k.role in ('moderator', 'owner')
    join people host on host.id = k.person_id and host.kind <> 'guest'
   where m.person_id = $8 and m.invited)`

const notHere = () =>
  new Refusal('not_allowed', 'New accounts are not yours to make here. Ask the server’s owner.')

const second = () => new Refusal('conflict', 'You have an account already.')

/** Says of a broken constraint that a name is a member's already. */
export const nameTaken =
  (name: string) =>
  (error: unknown): Refusal => {
    if (brokenConstraint(error) !== 'accounts_login_key') throw error
    const taken = `${name} is somebody’s name already. Pick another, or sign in if it is yours.`
    return new Refusal('conflict', taken, { fields: { name: taken } })
  }

async function enrol(sql: Sql, values: unknown[]): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person>(
    `with ${mayOpen('false', isNotBarred)}, person as (
       insert into people (name, color, kind, address)
       select $1, $2, 'member', $8 from may
       returning id, name, color, kind
     ), account as (
       insert into accounts (person_id, login, password) select id, $3, $4 from person
     ), session as (
       insert into sessions (key, person_id, name, used_at) select $5, id, $6, now() from person
     )
     select id, name, color, kind from person`,
    values,
  )
  return rows[0] ? { person: rows[0], seq: null } : notHere()
}

async function promote(sql: Sql, guest: Guest, values: unknown[]): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person & { may: boolean; seq: number }>(
    `with ${mayOpen(wasInvited)}, changed as (
       update people set name = $1, color = $2, kind = 'member'
        where id = $8 and kind = 'guest' and banned_at is null and exists (select from may)
          and exists (select from sessions s where s.key = $9 and s.person_id = $8)
       returning id, name, color, kind
     ), account as (
       insert into accounts (person_id, login, password) select id, $3, $4 from changed
     ), ended as (
       delete from sessions where person_id in (select id from changed)
     ), session as (
       insert into sessions (key, person_id, name, used_at) select $5, id, $6, now() from changed
     ), ${intoServerLog('session.ended')}
     select changed.*, (select last_seq from counted) as seq, exists (select from may) as may
       from (select 1) one left join changed on true`,
    [...values, guest.person.id, guest.session],
  )
  if (!rows[0]?.may) return notHere()
  if (rows[0].id === null) return second()
  const { seq, may: _, ...person } = rows[0]
  return { person, seq }
}

/**
 * Signs somebody in by name and password.
 * @param session their new one.
 * @param before the session that was shown, if one was: it ends, so that nothing known of it before
 *   is worth anything after.
 * @param isKnown whether the account was signed in to from there before: they do not wait behind all
 *   others who try.
 * @returns `sign_in` where the two do not go together; it takes as long when nobody has that name.
 *   `unavailable` where too many make accounts or sign in.
 */
export async function signIn(
  { sql, passwords }: AccountStore,
  { name, password }: { name: string; password: string },
  session: NewSession,
  before: Uint8Array | null,
  isKnown = false,
): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person & { password: string | null; banned: boolean }>(
    `select p.id, p.name, p.color, p.kind, p.banned_at is not null as banned, a.password
       from accounts a join people p on p.id = a.person_id where a.login = $1`,
    [loginOf(name)],
  )
  const found = rows[0]
  const isPossible = characters(password) <= limits.passwordCharsMax
  const shown = isPossible ? password : ''
  const checked = await passwords.check(shown, found?.password ?? null, isKnown).catch(tooBusy)
  if (checked instanceof Refusal) return checked
  if (!found?.password || !checked.isRight) return wrong()
  const { password: stored, banned: isBanned, ...person } = found
  if (isBanned) return banned()
  // What cannot be hashed now is hashed the next time.
  const anew = checked.isStale ? await passwords.hash(shown).catch(() => stored) : stored
  return begin(sql, person, { stored, anew }, session, before)
}

const wrong = () =>
  new Refusal(
    'sign_in',
    'That name and that password do not go together. Check both, then try again.',
  )

/** Says that too many passwords are looked at. @throws whatever else was the matter. */
export function tooBusy(error: unknown): Refusal {
  if (!(error instanceof TooManyPasswords)) throw error
  return new Refusal('unavailable', 'Many people are signing in just now. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
}

/** Nobody is signed in where the password was changed while it was looked at. */
async function begin(
  sql: Sql,
  person: Person,
  { stored, anew }: { stored: string; anew: string },
  session: NewSession,
  before: Uint8Array | null,
): Promise<Opened | Refusal> {
  const { rows } = await sql.query<{ seq: number | null }>(
    `with account as (
       update accounts set password = $3 where person_id = $1 and password = $2 returning person_id
     ), changed as (
       delete from sessions where key = $5 and exists (select from account) returning person_id as id
     ), session as (
       insert into sessions (key, person_id, name, used_at) select $4, person_id, $6, now() from account
     ), ${intoServerLog('session.ended')}
     select (select last_seq from counted) as seq from account`,
    [person.id, stored, anew, session.key, before, session.device],
  )
  return rows[0] ? { person, seq: rows[0].seq } : wrong()
}

/**
 * Ends a session.
 * @returns the number of that change in the server's log; null where there was no such session.
 */
export async function signOut(sql: Sql, session: Uint8Array): Promise<number | null> {
  const { rows } = await sql.query<{ seq: number | null }>(
    `with changed as (
       delete from sessions where key = $1 returning person_id as id
     ), ${intoServerLog('session.ended')}
     select (select last_seq from counted) as seq`,
    [session],
  )
  return rows[0]?.seq ?? null
}
