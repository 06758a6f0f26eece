import type { Context } from 'hono'

declare module 'hono' {
  interface ContextVariableMap {
    /** The address that people use, where the settings name it. */
    publicUrl: string | undefined
  }
}

/** Whether the visitor's side is HTTPS, which a proxy tells. */
export const isHttps = (c: Context): boolean =>
  (c.req.header('x-forwarded-proto') ?? new URL(c.req.url).protocol).startsWith('https')

/** The origin of our pages as the visitor's browser knows it. */
export function originOf(c: Context): string {
  const asked = new URL(c.req.url)
  const address = `${isHttps(c) ? 'https' : 'http'}://${c.req.header('host') ?? asked.host}`
  const named = c.get('publicUrl') ?? address
  return URL.canParse(named) ? new URL(named).origin : asked.origin
}
