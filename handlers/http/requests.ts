import { randomUUID } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import type { Log } from '../ops/log.ts'
import { wantsStream } from './representation.ts'

declare module 'hono' {
  interface ContextVariableMap {
    requestId: string
  }
}

/**
 * Gives each request an id, the one that the proxy gave it where there is one, and logs it in one
 * line when it ends. Waits and health checks that end well are not worth one.
 */
export const requestLine =
  (log: Log): MiddlewareHandler =>
  async (c, next) => {
    const shown = c.req.header('x-request-id') ?? ''
    const request = /^[\w-]{8,64}$/.test(shown) ? shown : randomUUID()
    c.set('requestId', request)
    const started = performance.now()
    await next()
    const status = c.res.status
    if (status < 400 && c.req.method === 'GET' && isRoutine(c)) return
    const ms = Math.round(performance.now() - started)
    const level = status >= 500 ? 'warn' : 'info'
    log[level](`${c.req.method} ${pathOf(c)}`, { status, ms, request })
  }

/**
 * The path of an address, alone: a query holds what people look for, and some paths hold a secret. As
 * it came, since `c.req.path` is decoded and could hold a line break.
 */
function pathOf(c: Context): string {
  const { url } = c.req
  const path = url.slice(url.indexOf('/', url.indexOf('//') + 2))
  const end = path.search(/[?#]/)
  const shown = end === -1 ? path : path.slice(0, end)
  // However it is spelled.
  // A file's name says what is in it.
  const file = /^\/+files\/[^/]*/i.exec(c.req.path) ?? /^\/+files\/[^/]*/i.exec(shown)
  if (file) return /^[\w/]*$/.test(file[0]) ? file[0] : '/files/*'
  const secret = withSecret.exec(c.req.path) ?? withSecret.exec(shown)
  return secret ? `/${secret[1]}/*` : shown
}

const withSecret = /^\/+(enter|join|hooks)\//i

const isRoutine = (c: Context) =>
  c.req.query('wait') !== undefined ||
  wantsStream(c.req.header('accept')) ||
  ['/healthz', '/readyz'].includes(c.req.path)
