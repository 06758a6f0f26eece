import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { generateCookie } from 'hono/cookie'
import { limits } from '../limits.ts'
import { originOf } from './outside.ts'

/** A sign-in that is under way at the provider. */
export type Attempt = {
  /** Three random words that what comes back must fit. */
  state: string
  nonce: string
  verifier: string
  /** Where to go on afterwards, a path of ours. */
  to: string
  /** The member whom it is to be connected to. */
  link: number | null
}

const COOKIE = 'natter_oidc'
const PATH = '/oidc'

/**
 * Lets the browser keep an attempt, with an answer. It is signed, so that any replica can go on with
 * it, and that nobody is made to go on with another's.
 */
export function keepAttempt(c: Context, answer: Response, attempt: Attempt, secret: string): void {
  const until = Date.now() + limits.attemptSeconds * 1000
  setCookie(c, answer, sealAttempt(attempt, until, secret), limits.attemptSeconds)
}

/** An attempt leads back once. */
export const dropAttempt = (c: Context, answer: Response): void => setCookie(c, answer, '', 0)

/** The attempt that a request shows; null where there is none, or where it took too long. */
export function readAttempt(c: Context, secret: string): Attempt | null {
  const header = c.req.header('cookie') ?? ''
  const [, text = '', signature = ''] =
    /(?:^|;)\s*natter_oidc=([\w-]+)\.([\w-]+)/.exec(header) ?? []
  if (text === '' || !isSame(signature, sign(text, secret))) return null
  const { until, ...attempt } = JSON.parse(
    Buffer.from(text, 'base64url').toString('utf8'),
  ) as Attempt & { until: number }
  return until > Date.now() ? attempt : null
}

/** An attempt as a browser keeps it. */
export function sealAttempt(attempt: Attempt, until: number, secret: string): string {
  const text = Buffer.from(JSON.stringify({ ...attempt, until })).toString('base64url')
  return `${text}.${sign(text, secret)}`
}

/** Not as a session is signed: what is signed for one is worth nothing as the other. */
const sign = (text: string, secret: string) =>
  createHmac('sha256', secret).update(`oidc ${text}`).digest('base64url')

/** In a time that tells nothing of where the two differ. */
export function isSame(shown: string, right: string): boolean {
  const [a, b] = [Buffer.from(shown), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** `Lax`: the provider leads back from its own site. */
function setCookie(c: Context, answer: Response, value: string, maxAge: number): void {
  const header = generateCookie(COOKIE, value, {
    path: PATH,
    httpOnly: true,
    sameSite: 'Lax',
    secure: originOf(c).startsWith('https:'),
    maxAge,
  })
  answer.headers.append('set-cookie', header)
}
