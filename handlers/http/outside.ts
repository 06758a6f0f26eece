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

/** Whether a name is one of the public internet's, and not of a machine or network of one's own. */
export const isPublicName = (name: string): boolean =>
  name.includes('.') &&
  !/(^|\.)(localhost|local|lan|home|internal|test|home\.arpa)$/i.test(name) &&
  !/^(10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
    name,
  )

/** Whether another site's page led here, as far as browsers tell. */
export const isFromElsewhere = (c: Context): boolean =>
  c.req.header('sec-fetch-site') === 'cross-site'
