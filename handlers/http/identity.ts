import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { generateCookie } from 'hono/cookie'
import type { NewSession } from '../chat/people.ts'
import { storedKey } from '../chat/secrets.ts'
import { limits } from '../limits.ts'
import { bearerKey } from './bearer.ts'
import { deviceOf } from './device.ts'
import { isHttps } from './outside.ts'

const COOKIE = 'natter'

/** What signs the cookies, and what did before it: that is taken still. */
export type Secret = { now: string; before: string | undefined }

/** The secret that the settings name; where they name none, the one that the database keeps. */
export const secretOf = (
  named: { secret: string | undefined; secretBefore: string | undefined },
  kept: { secret: string; secretBefore: string | null },
): Secret =>
  named.secret === undefined
    ? { now: kept.secret, before: kept.secretBefore ?? named.secretBefore }
    : { now: named.secret, before: named.secretBefore }

/**
 * The stored key of the session that a request shows, or null. What is not signed by us is
 * refused without asking the database.
 */
export function sessionOf(c: Context, secret: Secret): Uint8Array | null {
  // Who shows a token passes the guard against other sites, so the cookie must not count beside it.
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) return bearerKey(authorization)
  return sessionIn(sessionCookie(c.req.header('cookie')), secret)
}

/** The session's cookie in a `Cookie` header, as it came; empty where there is none. */
export const sessionCookie = (header: string | undefined): string =>
  (header && /(?:^|;)\s*natter=([\w.-]*)/.exec(header)?.[1]) || ''

/** The stored key of the session that a cookie holds, or null. */
export function sessionIn(cookie: string, secret: Secret): Uint8Array | null {
  const [token = '', signature = ''] = cookie.split('.')
  if (!token) return null
  const isSigned =
    isSignature(signature, sign(token, secret.now)) || isOld(token, signature, secret)
  return isSigned ? storedKey(token) : null
}

const isOld = (token: string, signature: string, { before }: Secret): boolean =>
  before !== undefined && isSignature(signature, sign(token, before))

/**
 * Signs a session anew that the secret before has signed, with an answer: so that secret may be
 * forgotten some time, and nobody is signed out by it.
 */
export function renewSession(c: Context, answer: Response, secret: Secret): void {
  if (secret.before === undefined || answer.headers.has('set-cookie')) return
  const [token = '', signature = ''] = sessionCookie(c.req.header('cookie')).split('.')
  if (!token || !isOld(token, signature, secret)) return
  keepSession(c, answer, `${token}.${sign(token, secret.now)}`)
}

/** A new session of whoever asks: the cookie's value beside what the database keeps. */
export function newSession(c: Context, secret: Secret): NewSession & { cookie: string } {
  const token = randomBytes(24).toString('base64url')
  return {
    cookie: `${token}.${sign(token, secret.now)}`,
    key: storedKey(token),
    device: deviceOf(c),
  }
}

/** Gives the browser its session, with an answer. `Secure` where the outside is HTTPS. */
export const keepSession = (c: Context, answer: Response, cookie: string): void =>
  setCookie(c, answer, cookie, limits.sessionSeconds)

/** Takes its session from the browser, with an answer. */
export const dropSession = (c: Context, answer: Response): void => setCookie(c, answer, '', 0)

function setCookie(c: Context, answer: Response, cookie: string, maxAge: number): void {
  const header = generateCookie(COOKIE, cookie, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isHttps(c),
    maxAge,
  })
  answer.headers.append('set-cookie', header)
}

const sign = (token: string, secret: string) =>
  createHmac('sha256', secret).update(token).digest('base64url')

function isSignature(shown: string, right: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
