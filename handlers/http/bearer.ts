import type { Context, MiddlewareHandler, Next } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import { storedKey } from '../chat/secrets.ts'
import { banned } from '../chat/sessions.ts'
import type { ShownToken } from '../chat/tokens.ts'
import { refuse } from './refusals.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The token that a program has shown. */
    token: ShownToken | undefined
  }
}

/** Whether an `Authorization` header is a program's; other schemes are a proxy's, and nobody's here. */
export const isBearer = (authorization: string | undefined): boolean =>
  authorization !== undefined && /^bearer(\s|$)/i.test(authorization)

/** The stored key of the token in an `Authorization` header, or null where there is none. */
export function bearerKey(authorization: string): Uint8Array | null {
  const token = /^bearer +(ntr_[\w-]{43})$/i.exec(authorization)?.[1]
  return token ? storedKey(token) : null
}

/**
 * The one place where a token is looked at, before all handlers: one that is no token, has expired
 * or was ended is refused whatever is asked with it, so it is never taken for a visitor. One that
 * may only read changes nothing.
 * @param find looks it up by its stored key.
 */
export const bearersOnly =
  (find: (key: Uint8Array) => Promise<ShownToken | null>): MiddlewareHandler =>
  (c, next) => {
    const authorization = c.req.header('authorization')
    // Nearly all that comes: it passes by without a promise more.
    return authorization === undefined || !isBearer(authorization)
      ? next()
      : look(c, next, find, authorization)
  }

async function look(
  c: Context,
  next: Next,
  find: (key: Uint8Array) => Promise<ShownToken | null>,
  authorization: string,
): Promise<Response | undefined> {
  const key = bearerKey(authorization)
  const token = key && (await find(key))
  const refusal = token ? refusalOf(token, c.req.method) : unknown()
  if (refusal) return refused(c, refusal)
  c.set('token', token ?? undefined)
  await next()
  return undefined
}

const unknown = () => new Refusal('sign_in', 'This token does not work, or not any more.')

function refusalOf({ scope, isBanned }: ShownToken, method: string): Refusal | null {
  if (isBanned) return banned()
  if (scope === 'write' || method === 'GET' || method === 'HEAD') return null
  return new Refusal('not_allowed', 'This token may only read. Make one that may write as well.')
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
function refused(c: Context, refusal: Refusal): Response {
  const answer = refuse(c, refusal)
  if (refusal.code === 'sign_in')
    answer.headers.set('www-authenticate', 'Bearer error="invalid_token"')
  return answer
}
