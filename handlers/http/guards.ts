import type { Context, MiddlewareHandler, Next } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import { refuse } from './refusals.ts'

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site's page makes a browser send. `Sec-Fetch-Site` is missing where the
 * page is no secure context, so `Origin` is compared as well; neither is sent by programs, and a
 * bearer token is no cookie that a browser would add by itself.
 */
export const sameOriginOnly: MiddlewareHandler = (c: Context, next: Next) =>
  isForeign(c) ? Promise.resolve(refuse(c, foreign())) : next()

const foreign = () => new Refusal('not_allowed', 'This request came from another site.')

function isForeign(c: Context): boolean {
  if (safe.has(c.req.method) || c.req.header('authorization')?.startsWith('Bearer ')) return false
  return c.req.header('sec-fetch-site') === 'cross-site' || hasForeignOrigin(c)
}

function hasForeignOrigin(c: Context): boolean {
  const origin = c.req.header('origin')
  if (!origin) return false
  try {
    return new URL(origin).host !== c.req.header('host')
  } catch {
    return true
  }
}
