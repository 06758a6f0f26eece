import { limits } from '../limits.ts'
import { admit, type Shown } from './admitting.ts'
import type { NewSession, Person } from './people.ts'
import { Refusal } from './refusal.ts'
import { banned, beginSession, type Opened } from './sessions.ts'
import { brokenConstraint, type Sql } from './sql.ts'

/** Who somebody is elsewhere, as was shown by whoever vouches for it. */
export type Identity = {
  /** Who vouches: a provider's address, or `HEADER`. */
  issuer: string
  /** What they are known by there, for ever. */
  subject: string
  /** What they are called there; as it came, the best first. */
  names: string[]
}

/** Who vouches where a proxy says who asks: no provider's address. */
export const HEADER = 'header'

/**
 * Signs somebody in by what they are known by elsewhere. Who comes for the first time becomes a
 * member: a guest stays the same person, anybody else is a new one.
 * @param shown who asks; the session that was shown ends.
 * @returns `not_allowed` where no new accounts are made, and for somebody who is banned.
 */
export async function signInAs(
  sql: Sql,
  identity: Identity,
  shown: Shown,
  session: NewSession,
): Promise<Opened | Refusal> {
  for (let tries = 0; tries < limits.identityTries; tries++) {
    const known = await personOf(sql, identity)
    if (known !== null) return beginSession(sql, known, session, shown.session)
    const opened = await admit(sql, identity, shown, session).catch(quickerElsewhere)
    if (opened !== null) return opened
  }
  return new Refusal('unavailable', 'Many people are signing in just now. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
}

async function personOf(sql: Sql, { issuer, subject }: Identity): Promise<number | null> {
  const { rows } = await sql.query<{ id: number }>(
    `update identities set used_at = now() where issuer = $1 and subject = $2
     returning person_id as id`,
    [issuer, subject],
  )
  return rows[0]?.id ?? null
}

/** The same came by another request meanwhile, or the name went to somebody else: look again. */
function quickerElsewhere(error: unknown): null {
  const broken = brokenConstraint(error) ?? ''
  if (['identities_pkey', 'accounts_login_key'].includes(broken)) return null
  throw error
}

/**
 * Connects what a member is known by elsewhere to them, and begins a new session of theirs.
 * @param shown the member, with their session.
 * @returns `conflict` where it is somebody else's, or where they have signed out meanwhile.
 */
export async function linkIdentity(
  sql: Sql,
  { issuer, subject }: Identity,
  shown: { person: Person; session: Uint8Array | null },
  session: NewSession,
): Promise<Opened | Refusal> {
  const { rows } = await sql.query<{ banned: boolean; linked: boolean }>(
    `with mine as (
       select p.id, p.banned_at is not null as banned
         from sessions s join people p on p.id = s.person_id
        where s.key = $4 and p.id = $3 and p.kind <> 'guest'
     ), linked as (
       insert into identities as known (issuer, subject, person_id, used_at)
       select $1, $2, id, now() from mine where not banned
       on conflict (issuer, subject) do update set used_at = now()
        where known.person_id = excluded.person_id
       returning 1
     )
     select banned, exists (select from linked) as linked from mine`,
    [issuer, subject, shown.person.id, shown.session],
  )
  if (!rows[0])
    return new Refusal('conflict', 'You have signed out meanwhile. Sign in, then connect.')
  if (rows[0].banned) return banned()
  if (rows[0].linked) return beginSession(sql, shown.person.id, session, shown.session)
  return new Refusal(
    'conflict',
    'You are somebody else here when you sign in that way. Nothing was changed.',
  )
}

/** Whether a session is of somebody who is known by that elsewhere. */
export async function isSessionOf(
  sql: Sql,
  session: Uint8Array | null,
  { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>,
): Promise<boolean> {
  if (!session) return false
  const { rows } = await sql.query<object>(
    `select from sessions s join identities i on i.person_id = s.person_id
      where s.key = $1 and i.issuer = $2 and i.subject = $3`,
    [session, issuer, subject],
  )
  return rows.length > 0
}

/** Who vouches for somebody. */
export async function issuersOf(sql: Sql, { id }: Person): Promise<string[]> {
  const { rows } = await sql.query<{ issuer: string }>(
    'select distinct issuer from identities where person_id = $1',
    [id],
  )
  return rows.map(({ issuer }) => issuer)
}
