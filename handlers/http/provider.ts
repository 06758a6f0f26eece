import * as client from 'openid-client'
import type { Identity } from '../chat/identities.ts'
import { Refusal } from '../chat/refusal.ts'
import { isStorable } from '../chat/text.ts'
import type { OidcConfig } from '../config.ts'
import { limits } from '../limits.ts'
import type { Log } from '../ops/log.ts'
import { type ClientSecret, clientSecret, isClientUnknown } from './client-secret.ts'

/** What a sign-in that begins is remembered by; no two have the same. */
export type Words = { state: string; nonce: string; verifier: string }

/** An OpenID Connect provider that people sign in with. */
export type Provider = {
  /** What people call it. */
  name: string
  issuer: string
  /**
   * Begins a sign-in.
   * @param redirectUri our own address that the provider leads back to.
   * @returns where to send the browser, and the words; `unavailable` where the provider is away.
   */
  begin(redirectUri: string): Promise<{ url: string; words: Words } | Refusal>
  /**
   * Finishes a sign-in.
   * @param came our own address as the provider led back to it, with its query.
   * @returns who it is; `not_allowed` where the provider or the person said no, `sign_in` where what
   *   came back proves nothing, `unavailable` where the provider is away.
   */
  finish(came: URL, words: Words): Promise<Identity | Refusal>
}

type Known = client.Configuration

/**
 * Signs people in at a provider: the code flow, with PKCE, state and nonce. Who signs in is taken from
 * an ID token that came from the provider itself, over its own connection.
 * https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 */
export function createProvider(config: OidcConfig, log: Log): Provider {
  const secret = clientSecret(config.clientSecret)
  const known = kept(() => discover(config, secret))
  let asking = 0
  async function ask<T>(work: (provider: Known) => Promise<T>): Promise<T | Refusal> {
    if (asking >= limits.providerAtOnce) return away(config.name)
    asking++
    try {
      const provider = await known().catch((error) => {
        // Whatever is wrong with what it says of itself, nobody can sign in until it is mended.
        throw new Unknown(String(error), { cause: error })
      })
      return await work(provider)
    } catch (error) {
      log.warn('single sign-on', { reason: reasonOf(error) })
      return refusalFor(error, config.name)
    } finally {
      asking--
    }
  }
  return {
    name: config.name,
    issuer: config.issuer,
    begin: (redirectUri) => ask((provider) => begin(provider, redirectUri, config.scopes)),
    finish: (came, words) => ask((provider) => finish(provider, secret, came, words)),
  }
}

/** The provider cannot be found, or not understood. */
class Unknown extends Error {}

/** Looks once for all who ask, again where it failed, and anew when it was long ago. */
function kept(look: () => Promise<Known>): () => Promise<Known> {
  let found: Promise<Known> | undefined
  let foundAt = 0
  return () => {
    if (found && performance.now() - foundAt < limits.providerKnownMs) return found
    const looking = look()
    found = looking
    foundAt = performance.now()
    looking.catch(() => {
      if (found === looking) found = undefined
    })
    return looking
  }
}

function discover({ issuer, clientId }: OidcConfig, secret: ClientSecret): Promise<Known> {
  const url = new URL(issuer)
  return client.discovery(url, clientId, {}, secret.authentication, {
    timeout: limits.providerMs / 1000,
    // Which addresses may be http at all is settled in config.ts.
    execute: url.protocol === 'http:' ? [client.allowInsecureRequests] : [],
  })
}

async function begin(provider: Known, redirectUri: string, scope: string) {
  const words = {
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
  }
  const url = client.buildAuthorizationUrl(provider, {
    redirect_uri: redirectUri,
    scope,
    state: words.state,
    nonce: words.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(words.verifier),
    code_challenge_method: 'S256',
  })
  return { url: url.href, words }
}

async function finish(
  provider: Known,
  secret: ClientSecret,
  came: URL,
  words: Words,
): Promise<Identity | Refusal> {
  const redeem = () =>
    client.authorizationCodeGrant(provider, came, {
      pkceCodeVerifier: words.verifier,
      expectedState: words.state,
      expectedNonce: words.nonce,
    })
  const tokens = await redeem().catch((error) => {
    // The code is not used up by that.
    if (isClientUnknown(error) && secret.turn()) return redeem()
    throw error
  })
  const claims = tokens.claims()
  if (!claims || claims.sub.length > limits.subjectChars || !isStorable(claims.sub))
    return unproven()
  const names = namesIn(claims)
  const isUntold = names.length === 0 && provider.serverMetadata().userinfo_endpoint
  // A name is not worth failing for: it can be changed.
  const told = isUntold
    ? await client.fetchUserInfo(provider, tokens.access_token, claims.sub).catch(() => ({}))
    : {}
  return { issuer: claims.iss, subject: claims.sub, names: [...names, ...namesIn(told)] }
}

const namesIn = (claims: Record<string, unknown>): string[] =>
  [claims.preferred_username, claims.name].filter((name) => typeof name === 'string')

const away = (name: string) =>
  new Refusal(
    'unavailable',
    `Signing in with ${name} does not work just now. Try again in a while.`,
    {
      retryAfterSeconds: limits.retryAfterSeconds,
    },
  )

/** What came back proves nothing. */
const unproven = () => new Refusal('sign_in', 'That did not prove who you are.')

function refusalFor(error: unknown, name: string): Refusal {
  if (error instanceof Unknown || isAway(error)) return away(name)
  if (error instanceof client.AuthorizationResponseError) {
    return new Refusal('not_allowed', `${name} did not let you in, or you turned back there.`)
  }
  return unproven()
}

/** Not reached, too slow, or at fault itself. */
function isAway(error: unknown): boolean {
  // `fetch` throws it, with what became of the connection as its cause.
  if (error instanceof TypeError) return error.cause !== undefined
  if (error instanceof client.ResponseBodyError) return error.status >= 500
  if (error instanceof client.AuthorizationResponseError) {
    return ['server_error', 'temporarily_unavailable'].includes(error.error)
  }
  if (!(error instanceof client.ClientError)) return false
  const { cause } = error
  return error.code === 'OAUTH_TIMEOUT' || (cause instanceof Response && cause.status >= 500)
}

/** Why it failed, in the protocol's words; what else stands in an answer may be anything. */
function reasonOf(error: unknown): string {
  if (error instanceof Unknown) return `discovery ${reasonOf(error.cause)}`
  if (isClientUnknown(error)) return 'invalid_client'
  if (!(error instanceof Error)) return 'unknown'
  const said = 'error' in error ? String(error.error) : ''
  if (/^\w{1,40}$/.test(said)) return said
  if ('code' in error && /^\w{1,60}$/.test(String(error.code))) return String(error.code)
  return error.cause === undefined ? error.name : reasonOf(error.cause)
}
