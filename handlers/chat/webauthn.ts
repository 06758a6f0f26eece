import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
  WebAuthnCredential,
} from '@simplewebauthn/server'
import { limits } from '../limits.ts'
import type { Answered } from './credentials.ts'

/** Where passkeys belong: a host's name, and the origin of its pages. */
export type Site = { host: string; origin: string }

/** Whom a passkey is for, as an authenticator keeps it: an opaque handle, and a name to show. */
export type Account = {
  handle: Uint8Array
  name: string
  passkeys: { id: string; transports: string[] }[]
}

export type NewCredential = {
  id: Uint8Array
  publicKey: Uint8Array
  counter: number
  transports: string[]
}

// Loaded when somebody first needs it: it brings more along than all the rest of us.
const library = () => import('@simplewebauthn/server')
const helpers = () => import('@simplewebauthn/server/helpers')

/** EdDSA, ES256 and RS256: what every Node that we run on checks, so that all replicas do. */
const algorithms = [-8, -7, -257]
const timeout = limits.challengeSeconds * 1000
const userVerification = 'preferred'

/** What a browser makes a passkey from. */
export async function creationOptions(
  site: Site,
  account: Account,
  challenge: Uint8Array,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: 'Natter',
    rpID: site.host,
    userID: Uint8Array.from(account.handle),
    userName: account.name,
    userDisplayName: account.name,
    challenge: Uint8Array.from(challenge),
    timeout,
    excludeCredentials: account.passkeys.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification },
    supportedAlgorithmIDs: algorithms,
  })
}

/** What a browser signs in with: any passkey that it has for this site. */
export async function requestOptions(
  site: Site,
  challenge: Uint8Array,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: site.host,
    challenge: Uint8Array.from(challenge),
    timeout,
    userVerification,
  })
}

/** Checks a new credential; null where anything of it is wrong. */
export async function checkNewCredential(
  { response, challenge }: Answered<RegistrationResponseJSON>,
  site: Site,
): Promise<NewCredential | null> {
  const { verifyRegistrationResponse } = await library()
  if (!(await isUncertified(response))) return null
  const checked = await verifyRegistrationResponse({
    response,
    expectedChallenge: Buffer.from(challenge).toString('base64url'),
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: false,
    supportedAlgorithmIDs: algorithms,
  }).catch(() => null)
  if (!checked?.verified) return null
  const { id, publicKey, counter } = checked.registrationInfo.credential
  const transports = response.response.transports ?? []
  return { id: Buffer.from(id, 'base64url'), publicKey, counter, transports }
}

/**
 * We ask for no certificate, and a browser then sends none. Whoever sends one all the same could
 * make the library fetch what the certificate names (its revocation list).
 */
async function isUncertified({ response }: RegistrationResponseJSON): Promise<boolean> {
  const { decodeAttestationObject } = await helpers()
  try {
    const bytes = Uint8Array.from(Buffer.from(response.attestationObject, 'base64url'))
    const attestation = decodeAttestationObject(bytes)
    const format = attestation.get('fmt')
    return format === 'none' || (format === 'packed' && !attestation.get('attStmt').get('x5c'))
  } catch {
    return false
  }
}

/**
 * Checks a credential that is shown against the one that is kept.
 * @returns the authenticator's counter as it is now; null where anything is wrong, a counter that did
 *   not go up among it.
 */
export async function checkShownCredential(
  { response, challenge }: Answered<AuthenticationResponseJSON>,
  site: Site,
  credential: WebAuthnCredential,
): Promise<number | null> {
  const { verifyAuthenticationResponse } = await library()
  const checked = await verifyAuthenticationResponse({
    response,
    expectedChallenge: Buffer.from(challenge).toString('base64url'),
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: false,
    credential,
  }).catch(() => null)
  return checked?.verified ? checked.authenticationInfo.newCounter : null
}
