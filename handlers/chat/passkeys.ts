import { limits } from '../limits.ts'
import { makeChallenge, takeChallenge } from './challenges.ts'
import { readNewCredential } from './credentials.ts'
import type { Person } from './people.ts'
import { invalid, Refusal } from './refusal.ts'
import { brokenConstraint, type Sql } from './sql.ts'
import { lineField } from './text.ts'
import { checkNewCredential, creationOptions, type NewCredential, type Site } from './webauthn.ts'

/** What a member signs in with, as they are shown it. */
export type Passkey = {
  /** The credential's id, in base64url. */
  id: string
  name: string
  createdAt: Date
  usedAt: Date | null
  transports: string[]
}

type Row = Omit<Passkey, 'id'> & { id: Uint8Array }

const columns = `id, name, created_at as "createdAt", used_at as "usedAt", transports`

const passkeyFrom = (row: Row): Passkey => ({
  ...row,
  id: Buffer.from(row.id).toString('base64url'),
})

/** Whether somebody may have passkeys: they sign in to an account. */
export function passkeyHolder(person: Person | null): Person | Refusal {
  if (!person) return new Refusal('sign_in', 'Passkeys are for accounts. Sign in first.')
  if (person.kind !== 'guest') return person
  return new Refusal('not_allowed', 'Passkeys are for accounts. Make an account first.')
}

/** Somebody's passkeys, the oldest first. */
export async function listPasskeys(sql: Sql, person: Person): Promise<Passkey[]> {
  const { rows } = await sql.query<Row>(
    `select ${columns} from passkeys where person_id = $1 order by created_at, id`,
    [person.id],
  )
  return rows.map(passkeyFrom)
}

/**
 * Begins a new passkey.
 * @returns what the browser makes it from; `conflict` where they have as many as there can be.
 */
export async function offerPasskey(sql: Sql, person: Person, site: Site) {
  const passkeys = await listPasskeys(sql, person)
  if (passkeys.length >= limits.passkeys) return tooMany()
  const handle = await handleOf(sql, person)
  const challenge = await makeChallenge(sql, person.id)
  return creationOptions(site, { handle, name: person.name, passkeys }, challenge)
}

/** By what an authenticator knows somebody at this server: it tells nobody else anything. */
async function handleOf(sql: Sql, person: Person): Promise<Uint8Array> {
  const { rows } = await sql.query<{ handle: Uint8Array }>(
    `select ${handle('$1')} as handle from server`,
    [person.id],
  )
  if (!rows[0]) throw new Error('The table "server" holds no row.')
  return rows[0].handle
}

/** The same as an expression of SQL, beside the row of `server`. */
export const handle = (personId: string): string =>
  `sha256(convert_to(server.word || ' ' || ${personId}::bigint, 'UTF8'))`

/** A new passkey as it comes from outside. */
type Typed = { credential?: string | undefined; name?: string | undefined }

/**
 * Adds a passkey that a browser has made.
 * @param device what it is called where no name is given.
 * @returns `malformed` or `invalid` where it is none, or answers nothing that was asked in time;
 *   `conflict` where it is there already or they have as many as there can be.
 */
export async function addPasskey(
  sql: Sql,
  person: Person,
  { site, device, ...typed }: Typed & { site: Site; device: string },
): Promise<Passkey | Refusal> {
  const { line: name, problem } = lineField(typed.name ?? device, 'A name', 1, limits.nameChars)
  if (name === undefined) return invalid({ name: problem })
  const answered = readNewCredential(typed.credential)
  if (answered instanceof Refusal) return answered
  if (!(await takeChallenge(sql, answered.challenge, person.id))) return unusable(late)
  const made = await checkNewCredential(answered, site)
  if (!made || !fits(made)) return unusable('That passkey could not be checked. Try another one.')
  return keep(sql, person, name, made)
}

/** What is said of an answer to nothing that was asked, or that was answered already. */
export const late = 'That took too long. Try again.'

const unusable = (problem: string) => invalid({ credential: problem })

const tooMany = () =>
  new Refusal(
    'conflict',
    `You have ${limits.passkeys} passkeys, and no more fit. Remove one first.`,
  )

const fits = ({ id, publicKey }: NewCredential): boolean =>
  id.length >= limits.credentialIdBytesMin &&
  id.length <= limits.credentialIdBytesMax &&
  publicKey.length <= limits.credentialKeyBytes

/** Of those that are made at the same moment, a few may come in over the bound. */
async function keep(
  sql: Sql,
  person: Person,
  name: string,
  { id, publicKey, counter, transports }: NewCredential,
): Promise<Passkey | Refusal> {
  const { rows } = await sql
    .query<Row>(
      `insert into passkeys (id, person_id, name, public_key, counter, transports)
       select $1, id, $3, $4, $5, $6 from people
        where id = $2 and kind <> 'guest' and banned_at is null
          and (select count(*) from passkeys where person_id = $2) < $7
       returning ${columns}`,
      [id, person.id, name, publicKey, counter, transports, limits.passkeys],
    )
    .catch((error: unknown) => {
      if (brokenConstraint(error) !== 'passkeys_pkey') throw error
      return { rows: null }
    })
  if (!rows) return new Refusal('conflict', 'That passkey is here already.')
  return rows[0] ? passkeyFrom(rows[0]) : tooMany()
}

/** Removes a passkey of somebody. @returns whether they had it. */
export async function removePasskey(sql: Sql, person: Person, id: Uint8Array): Promise<boolean> {
  const { rows } = await sql.query(
    'delete from passkeys where id = $1 and person_id = $2 returning id',
    [id, person.id],
  )
  return rows.length > 0
}
