import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { limits } from '../limits.ts'
import { invalid, Refusal } from './refusal.ts'

/** What a browser sends of an authenticator, and the challenge that it says it answers. */
export type Answered<T> = { response: T; challenge: Uint8Array }

/**
 * Checks the form of a new credential, and nothing of what it says. Only what is known passes.
 * @param text `RegistrationResponseJSON` as a browser sends it: https://www.w3.org/TR/webauthn-3/
 */
export function readNewCredential(
  text: string | undefined,
): Answered<RegistrationResponseJSON> | Refusal {
  return readCredential(text, ({ clientDataJSON, attestationObject, transports }) =>
    isBase64Url(clientDataJSON) && isBase64Url(attestationObject)
      ? { clientDataJSON, attestationObject, transports: knownTransports(transports) }
      : null,
  )
}

/** The same for a credential that somebody signs in with, an `AuthenticationResponseJSON`. */
export function readShownCredential(
  text: string | undefined,
): Answered<AuthenticationResponseJSON> | Refusal {
  return readCredential(text, ({ clientDataJSON, authenticatorData, signature, userHandle }) =>
    isBase64Url(clientDataJSON) &&
    isBase64Url(authenticatorData) &&
    isBase64Url(signature) &&
    isBase64Url(userHandle)
      ? { clientDataJSON, authenticatorData, signature, userHandle }
      : null,
  )
}

/** A credential's id as its bytes; null for what is none. */
export function credentialId(text: unknown): Buffer | null {
  if (!isBase64Url(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  const fits =
    bytes.length >= limits.credentialIdBytesMin && bytes.length <= limits.credentialIdBytesMax
  return fits ? bytes : null
}

type Parts = Record<string, unknown>

type Credential<T> = {
  id: string
  rawId: string
  type: 'public-key'
  clientExtensionResults: Record<string, never>
  response: T
}

function readCredential<T extends { clientDataJSON: string }>(
  text: string | undefined,
  readResponse: (parts: Parts) => T | null,
): Answered<Credential<T>> | Refusal {
  const credential = parts(parsed(text ?? ''))
  if (!credential) return new Refusal('malformed', 'The credential is not valid JSON.')
  const { id, rawId, type } = credential
  const inside = parts(credential.response)
  const response = inside && readResponse(inside)
  const challenge = response && challengeIn(response.clientDataJSON)
  const isWhole = credentialId(id) && rawId === id && type === 'public-key'
  if (!isWhole || !response || !challenge) return notOne()
  const known = { id: String(id), rawId: String(id), type, clientExtensionResults: {} } as const
  return { response: { ...known, response }, challenge }
}

const notOne = () => invalid({ credential: 'That is not what a passkey answers. Try again.' })

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const parts = (value: unknown): Parts | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parts) : null

function challengeIn(clientDataJSON: string): Buffer | null {
  const challenge = parts(parsed(Buffer.from(clientDataJSON, 'base64url').toString()))?.challenge
  return isBase64Url(challenge) ? Buffer.from(challenge, 'base64url') : null
}

const isBase64Url = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]+$/.test(value)

const known = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']

const knownTransports = (value: unknown): string[] =>
  Array.isArray(value) ? known.filter((transport) => value.includes(transport)) : []
