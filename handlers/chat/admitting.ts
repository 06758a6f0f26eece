import { limits } from '../limits.ts'
import type { NewSession, Person } from './people.ts'
import { Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import { banned, type Opened } from './sessions.ts'
import type { Sql } from './sql.ts'
import { characters, loginOf, oneLine } from './text.ts'
import { friendlyColor, friendlyName } from './words.ts'

/** Who asks: a visitor is nobody, and shows no session that counts. */
export type Shown = { person: Person | null; session: Uint8Array | null }

/** Somebody from elsewhere, to be known by that from now on. */
type Newcomer = { issuer: string; subject: string; names: string[] }

/**
 * Makes a member of somebody who is known elsewhere, with no password.
 * @param shown a guest stays the same person, with all that is theirs.
 * @throws a broken `identities_pkey` or `accounts_login_key` where another was quicker.
 */
export async function admit(
  sql: Sql,
  newcomer: Newcomer,
  shown: Shown,
  session: NewSession,
): Promise<Opened | Refusal> {
  if (await isClosed(sql)) return closed()
  const guest = shown.person?.kind === 'guest' ? shown.person : null
  const name = await freeName(sql, nameFrom(newcomer.names))
  const color = guest?.color ?? friendlyColor()
  const { issuer, subject } = newcomer
  const who = [name, color, loginOf(name), issuer, subject]
  const values = [...who, session.key, session.device, shown.session]
  return guest ? promote(sql, guest, values) : enrol(sql, values)
}

const closed = () =>
  new Refusal('not_allowed', 'New accounts are not made here. Ask the server’s owner.')

/** Being known to who vouches is the invitation. */
async function isClosed(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ closed: boolean }>(
    `select accounts = 'nobody' as closed from policy`,
  )
  return rows[0]?.closed ?? true
}

/** What all newcomers get, from the person in `person` or `changed`. */
const known = (person: 'person' | 'changed') => `account as (
       insert into accounts (person_id, login, password) select id, $3, null from ${person}
     ), identity as (
       insert into identities (issuer, subject, person_id, used_at) select $4, $5, id, now() from ${person}
     ), session as (
       insert into sessions (key, person_id, name, used_at) select $6, id, $7, now() from ${person}
     )`

async function enrol(sql: Sql, values: unknown[]): Promise<Opened> {
  const { rows } = await sql.query<Person & { seq: number | null }>(
    `with person as (
       insert into people (name, color, kind) values ($1, $2, 'member') returning id, name, color, kind
     ), ${known('person')}, changed as (
       delete from sessions where key = $8 returning person_id as id
     ), ${intoServerLog('session.ended')}
     select id, name, color, kind, (select last_seq from counted) as seq from person`,
    values,
  )
  const { seq, ...person } = rows[0] as Person & { seq: number | null }
  return { person, seq }
}

/** All their older sessions end: they were begun by less than they are known by now. */
async function promote(sql: Sql, guest: Person, values: unknown[]): Promise<Opened | Refusal> {
  const { rows } = await sql.query<Person & { seq: number }>(
    `with changed as (
       update people set name = $1, color = $2, kind = 'member'
        where id = $9 and kind = 'guest' and banned_at is null
          and exists (select from sessions s where s.key = $8 and s.person_id = $9)
       returning id, name, color, kind
     ), ended as (
       delete from sessions where person_id in (select id from changed)
     ), ${known('changed')}, ${intoServerLog('session.ended')}
     select id, name, color, kind, (select last_seq from counted) as seq from changed`,
    [...values, guest.id],
  )
  if (!rows[0]) return notPromoted(sql, guest)
  const { seq, ...person } = rows[0]
  return { person, seq }
}

async function notPromoted(sql: Sql, { id }: Person): Promise<Refusal> {
  const { rows } = await sql.query<object>(
    'select from people where id = $1 and banned_at is not null',
    [id],
  )
  if (rows[0]) return banned()
  return new Refusal('conflict', 'You have just been changed elsewhere. Look, then try again.')
}

/**
 * A name of ours from what somebody is called elsewhere. A mail address is not everybody's to read,
 * so that only what stands before its `@` is taken, and only where there is no other name.
 */
export function nameFrom(names: readonly string[]): string {
  const lines = names.map((name) => cut(name))
  const plain = lines.find((line) => line !== '' && !line.includes('@'))
  const local = lines.map((line) => cut(line.split('@')[0] ?? '')).find((line) => line !== '')
  return plain ?? local ?? friendlyName()
}

/** One line that fits; empty where nothing of it can be seen. */
function cut(text: string, most: number = limits.nameChars): string {
  // Nothing that far behind is kept, and what comes from elsewhere may be of any length.
  const line = oneLine(text.slice(0, 10 * limits.nameChars).toWellFormed())
  return oneLine([...line].slice(0, most).join(''))
}

/** The name, or the first with a number behind it, that is no member's. */
async function freeName(sql: Sql, name: string): Promise<string> {
  const names = Array.from({ length: limits.numberedNames }, (_, i) =>
    i === 0 ? name : numbered(name, `-${i + 1}`),
  )
  const { rows } = await sql.query<{ login: string }>(
    'select login from accounts where login = any($1)',
    [names.map(loginOf)],
  )
  const taken = new Set(rows.map(({ login }) => login))
  return names.find((one) => !taken.has(loginOf(one))) ?? friendlyName()
}

const numbered = (name: string, number: string): string =>
  cut(name, limits.nameChars - characters(number)) + number
