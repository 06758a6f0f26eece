import { limits } from '../limits.ts'
import { nameTaken } from './accounts.ts'
import { intoAudit } from './audit.ts'
import { type Person, readProfile } from './people.ts'
import { notFound, Refusal } from './refusal.ts'
import { newSecret } from './secrets.ts'
import type { Sql } from './sql.ts'
import { loginOf } from './text.ts'

/** Somebody with an account, or a guest who is banned, as the server's owners see them. */
export type Listed = Person & {
  /** When a device or a token of theirs was used last, kept coarsely; null for never. */
  usedAt: Date | null
  isBanned: boolean
}

/** Some of those who have an account; `next` is where to go on, null at the end. */
export type Roster = { people: Listed[]; next: number | null }

const columns = `p.id, p.name, p.color, p.kind, p.banned_at is not null as "isBanned",
            (select max(coalesce(s.used_at, s.created_at)) from sessions s where s.person_id = p.id) as "usedAt"`

const listed = `(select person_id as id from accounts
              union select id from people where banned_at is not null)`

/**
 * Those who have an account, and guests who are banned, whoever came first before the others.
 * @param after the id that the page before ended with; 0 for the first page.
 */
export async function listPeople(sql: Sql, after: number): Promise<Roster> {
  const { rows } = await sql.query<Listed>(
    `select ${columns} from ${listed} l join people p on p.id = l.id
      where p.id > $1 order by p.id limit $2`,
    [after, limits.listedPeople + 1],
  )
  const people = rows.slice(0, limits.listedPeople)
  return { people, next: rows.length > people.length ? (people.at(-1)?.id ?? null) : null }
}

/** Somebody of that list; `not_found` for anybody else. */
export async function findListed(sql: Sql, id: number): Promise<Listed | Refusal> {
  const { rows } = await sql.query<Listed>(
    `select ${columns} from ${listed} l join people p on p.id = l.id where p.id = $1`,
    [id],
  )
  return rows[0] ?? notFound('person')
}

/** A member, and the token of the link that signs them in, to be shown once. */
export type Invited = { person: Person; token: string }

/** The part of a statement that holds it to the server's owners, as they are when it runs. */
export const actor = (by: string): string =>
  `actor as (
       select id from people where id = ${by} and kind = 'owner' and banned_at is null
     )`

/**
 * Adds a member without a password.
 * @param by the owner who does it.
 * @returns `conflict` where the name is a member's already; `invalid` for one that is none.
 */
export async function addMember(sql: Sql, by: Person, name: string): Promise<Invited | Refusal> {
  const profile = readProfile({ name }, null)
  if (profile instanceof Refusal) return profile
  const { text, key } = newSecret()
  const added = await sql
    .query<Person>(
      `with ${actor('$1')}, changed as (
         insert into people (name, color, kind) select $2, $3, 'member' from actor
         returning id, name, color, kind
       ), account as (
         insert into accounts (person_id, login) select id, $4 from changed
       ), link as (
         insert into entry_links (key, purpose, person_id, expires_at)
         select $5, 'sign_in', id, now() + make_interval(secs => $6) from changed
       ), ${intoAudit('member.added', '$1')}
       select id, name, color, kind from changed`,
      [by.id, profile.name, profile.color, loginOf(profile.name), key, limits.entryLinkSeconds],
    )
    .catch(nameTaken(profile.name))
  if (added instanceof Refusal) return added
  const person = added.rows[0]
  return person ? { person, token: text } : ownersOnly()
}

/**
 * Makes another link for a member; the one before is worth nothing any more.
 * @param by the owner who does it.
 * @returns `not_found` where there is no such account; `conflict` for an owner or somebody banned.
 */
export async function makeSignInLink(sql: Sql, by: Person, id: number): Promise<Invited | Refusal> {
  const { text, key } = newSecret()
  const { rows } = await sql.query<Person>(
    `with ${actor('$1')}, changed as (
       select p.id, p.name, p.color, p.kind from people p join accounts a on a.person_id = p.id, actor
        where p.id = $2 and p.kind = 'member' and p.banned_at is null
     ), older as (
       delete from entry_links where used_at is null and person_id in (select id from changed)
     ), link as (
       insert into entry_links (key, purpose, person_id, expires_at)
       select $3, 'sign_in', id, now() + make_interval(secs => $4) from changed
     ), ${intoAudit('sign_in_link.made', '$1')}
     select id, name, color, kind from changed`,
    [by.id, id, key, limits.entryLinkSeconds],
  )
  if (rows[0]) return { person: rows[0], token: text }
  const found = await findListed(sql, id)
  if (found instanceof Refusal) return found
  return new Refusal('conflict', whyNoLink(found))
}

function whyNoLink({ kind, isBanned, name }: Listed): string {
  if (isBanned) return `${name} is banned. Let them in again first.`
  if (kind === 'owner') return `${name} is an owner, and nobody else may sign in as them.`
  return `No link could be made for ${name}. Look again.`
}

export const ownersOnly = () => new Refusal('not_allowed', 'This is for the owners of this server.')
