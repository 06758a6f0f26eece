import type { Context } from 'hono'

/** The address by which a request came in from outside, such as `https://chat.example.org`. */
export function originOf(c: Context): string {
  const url = new URL(c.req.url)
  const protocol = c.req.header('x-forwarded-proto') ?? url.protocol
  return `${protocol.startsWith('https') ? 'https' : 'http'}://${url.host}`
}

/** Whether another site's page led here, as far as browsers tell. */
export const isFromElsewhere = (c: Context): boolean =>
  c.req.header('sec-fetch-site') === 'cross-site'
