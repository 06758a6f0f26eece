import { limits } from '../limits.ts'
import { type EntryPolicy, makerModerates } from './access.ts'
import { invalid, notAdmitted, Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import type { Sql } from './sql.ts'
import { lineField, loginOf } from './text.ts'
import { friendlyColor } from './words.ts'

/** Somebody known. A visitor is nobody yet, and stored nowhere. */
export type Person = {
  id: number
  name: string
  /** `#rrggbb`, in lower case. */
  color: string
  kind: 'guest' | 'member' | 'owner'
}

/** A browser's session that is to begin. */
export type NewSession = {
  /** The stored key: a hash of what the browser keeps. */
  key: Uint8Array
  /** What its person knows the device by, such as `Firefox on Linux`. */
  device: string
}

export type Profile = { name: string; color: string }

/**
 * Checks a name and a colour as they were typed.
 * @param standing what holds for a field that is not given; a visitor has no name yet.
 */
export function readProfile(
  draft: { name?: string | undefined; color?: string | undefined },
  standing: Profile | null,
): Profile | Refusal {
  const problems: Record<string, string> = {}
  const name = lineField(draft.name ?? standing?.name ?? '', 'A name', 1, limits.nameChars)
  if (name.problem) problems.name = name.problem
  const color = (draft.color ?? standing?.color ?? friendlyColor()).toLowerCase()
  if (!/^#[0-9a-f]{6}$/.test(color)) problems.color = 'A colour is written #rrggbb.'
  if (Object.keys(problems).length > 0) return invalid(problems)
  return { name: name.line ?? '', color }
}

/** From where somebody comes who is to be made known. */
export type Newcomer = {
  /** A keyed hash of their address; null where it is not known. */
  address: Uint8Array | null
  /** The stored key of the invitation that they hold, if any. */
  link: Uint8Array | null
}

/** Whether an invitation `$n` is good, in SQL. */
export const linkIsGood = (n: string, more = ''): string => `exists (
  select from links l join people maker on maker.id = l.by_id
   where l.key = ${n} and ${makerModerates} ${more}
     and coalesce(l.expires_at > now(), true) and coalesce(l.used < l.uses, true))`

/**
 * Makes a guest, with the session that they will be known by, in one transaction.
 * @param session what the guest's browser keeps.
 * @returns `sign_in` where the server takes no guests, or none without an invitation; `not_allowed`
 *   from an address that is barred.
 */
export async function welcome(
  sql: Sql,
  profile: Profile,
  session: NewSession,
  { address, link }: Newcomer,
): Promise<Person | Refusal> {
  const { rows } = await sql.query<Person & Door>(
    `with door as (
       select entry, entry = 'open' or (entry = 'invited' and ${linkIsGood('$6')}) as open,
              exists (select from barred_addresses b where b.address = $5 and b.expires_at > now())
                as barred
         from policy
     ), person as (
       insert into people (name, color, kind, address)
       select $1, $2, 'guest', $5 from door where open and not barred
       returning id, name, color, kind
     ), session as (
       insert into sessions (key, person_id, name, used_at) select $3, id, $4, now() from person
     )
     select person.*, door.* from door left join person on true`,
    [profile.name, profile.color, session.key, session.device, address, link],
  )
  const { entry, open, barred, ...person } = one(rows)
  if (!open) return notAdmitted(null, entry)
  return barred ? barredHere() : person
}

type Door = { entry: EntryPolicy; open: boolean; barred: boolean }

const barredHere = () =>
  new Refusal(
    'not_allowed',
    'Nobody new is taken from where you are just now. If you have an account, sign in.',
  )

/** Somebody as they are called now, and the number of that change in the server's log. */
export type Renamed = {
  person: Person
  /** Null where they were called so already: that is no change, and nobody need be told. */
  seq: number | null
}

/**
 * Changes how somebody is called from now on, and writes it into the server's log. What they wrote
 * before keeps its name. A member signs in with the new one.
 * @param person as they were read: who has become a member since is not renamed, since their login
 *   would not be seen here.
 * @throws a broken `accounts_login_key` where it is another member's name.
 */
export async function rename(
  sql: Sql,
  person: Person,
  profile: Profile,
): Promise<Renamed | Refusal> {
  const { rows } = await sql.query<{ isOther: boolean; seq: number | null }>(
    `with changed as (
       update people set name = $2, color = $3
        where id = $1 and kind = $5 and (name, color) is distinct from ($2, $3) returning id
     ), account as (
       update accounts set login = $4
        where person_id = $1 and login <> $4 and exists (select from people where id = $1 and kind = $5)
     ), ${intoServerLog('person.changed')}
     select (name, color) is distinct from ($2, $3) as "isOther", (select last_seq from counted) as seq
       from people where id = $1`,
    [person.id, profile.name, profile.color, loginOf(profile.name), person.kind],
  )
  const { isOther, seq } = one(rows)
  // Where nothing changed although it looked as if it would, somebody else was quicker.
  if (isOther && seq === null && (await kindOf(sql, person)) !== person.kind) {
    return new Refusal('conflict', 'You have just been changed elsewhere. Look, then try again.')
  }
  return { person: { ...person, ...profile }, seq }
}

async function kindOf(sql: Sql, { id }: Person): Promise<Person['kind'] | undefined> {
  const text = 'select kind from people where id = $1'
  return (await sql.query<Pick<Person, 'kind'>>(text, [id])).rows[0]?.kind
}

function one<T>(rows: T[]): T {
  const row = rows[0]
  if (row === undefined) throw new Error('A statement that always returns a row returned none.')
  return row
}
