import { limits } from '../limits.ts'
import { invalid, type Refusal } from './refusal.ts'
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

/**
 * Makes a guest, with the session that they will be known by, in one transaction.
 * @param session the key to store: a hash of what the guest's browser keeps.
 */
export async function welcome(sql: Sql, profile: Profile, session: Uint8Array): Promise<Person> {
  const { rows } = await sql.query<Person>(
    `with person as (
       insert into people (name, color, kind) values ($1, $2, 'guest') returning id, name, color, kind
     ), session as (
       insert into sessions (key, person_id) select $3, id from person
     )
     select id, name, color, kind from person`,
    [profile.name, profile.color, session],
  )
  return one(rows)
}

/** Somebody as they are called now, and the number of that change in the server's log. */
export type Renamed = {
  person: Person
  /** Null where they were called so already: that is no change, and nobody need be told. */
  seq: number | null
}

/**
 * Changes how somebody is called from now on, and writes it into the server's log. What they wrote
 * before keeps its name. A member signs in with the new one.
 * @throws a broken `accounts_login_key` where it is another member's name.
 */
export async function rename(sql: Sql, person: Person, profile: Profile): Promise<Renamed> {
  const { rows } = await sql.query<{ kind: Person['kind']; seq: number | null }>(
    `with changed as (
       update people set name = $2, color = $3
        where id = $1 and (name, color) is distinct from ($2, $3) returning id
     ), account as (
       update accounts set login = $4 where person_id in (select id from changed)
     ), ${intoServerLog('person.changed')}
     select kind, (select last_seq from counted) as seq from people where id = $1`,
    [person.id, profile.name, profile.color, loginOf(profile.name)],
  )
  const { kind, seq } = one(rows)
  return { person: { id: person.id, ...profile, kind }, seq }
}

function one<T>(rows: T[]): T {
  const row = rows[0]
  if (row === undefined) throw new Error('A statement that always returns a row returned none.')
  return row
}
