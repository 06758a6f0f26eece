import { createHash, randomBytes } from 'node:crypto'

/** What is handed out once, and what is kept of it. */
export type Secret = { text: string; key: Uint8Array }

const SECRET_BYTES = 32

/**
 * A new secret for a link or a program.
 * @param prefix what it is known by where it is found lying about.
 */
export function newSecret(prefix = ''): Secret {
  const text = prefix + randomBytes(SECRET_BYTES).toString('base64url')
  return { text, key: storedKey(text) }
}

/** A hash, so that what the database holds opens nothing. */
export const storedKey = (text: string): Uint8Array => createHash('sha256').update(text).digest()
