import type { WebAuthnCredential } from '@simplewebauthn/server'
import { makeChallenge, takeChallenge } from './challenges.ts'
import { readShownCredential } from './credentials.ts'
import { handle, late } from './passkeys.ts'
import type { NewSession } from './people.ts'
import { Refusal } from './refusal.ts'
import { beginSession, type Opened } from './sessions.ts'
import type { Sql } from './sql.ts'
import { checkShownCredential, requestOptions, type Site } from './webauthn.ts'

/** Begins to sign somebody in who says no name. @returns what their browser asks for a passkey with. */
export const offerSignIn = async (sql: Sql, site: Site) =>
  requestOptions(site, await makeChallenge(sql, null))

/**
 * Signs somebody in by the passkey that they show.
 * @param credential as the browser sends it.
 * @param session their new one.
 * @param before the session that was shown, if one was: it ends.
 * @returns `malformed` or `invalid` for what is no credential; `sign_in`, with the same sentence for
 *   one that nobody has and one that is signed wrongly; `not_allowed` for somebody who is banned.
 */
export async function signInByPasskey(
  sql: Sql,
  { credential, site }: { credential: string | undefined; site: Site },
  session: NewSession,
  before: Uint8Array | null,
): Promise<Opened | Refusal> {
  const answered = readShownCredential(credential)
  if (answered instanceof Refusal) return answered
  if (!(await takeChallenge(sql, answered.challenge, null))) return new Refusal('sign_in', late)
  const { id, response } = answered.response
  const found = await findCredential(sql, id, response.userHandle ?? '')
  const counter = found && (await checkShownCredential(answered, site, found))
  if (!found || counter === null) return unknown()
  const personId = await use(sql, id, counter)
  return personId === null ? unknown() : beginSession(sql, personId, session, before)
}

const unknown = () =>
  new Refusal('sign_in', 'That passkey opens no account here. Try another one, or your password.')

/** A passkey that is kept, if it belongs to whom the authenticator says. */
async function findCredential(
  sql: Sql,
  id: string,
  userHandle: string,
): Promise<WebAuthnCredential | null> {
  const { rows } = await sql.query<{ publicKey: Uint8Array; counter: number }>(
    `select public_key as "publicKey", counter from passkeys, server
      where id = $1 and ${handle('person_id')} = $2`,
    [Buffer.from(id, 'base64url'), Buffer.from(userHandle, 'base64url')],
  )
  const found = rows[0]
  return found ? { id, publicKey: Uint8Array.from(found.publicKey), counter: found.counter } : null
}

/** Notes that a passkey was used. Of two answers with one count, only the first is taken. */
async function use(sql: Sql, id: string, counter: number): Promise<number | null> {
  const { rows } = await sql.query<{ personId: number }>(
    `update passkeys set counter = $2, used_at = now()
      where id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning person_id as "personId"`,
    [Buffer.from(id, 'base64url'), counter],
  )
  return rows[0]?.personId ?? null
}
