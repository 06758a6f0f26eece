import type { Context } from 'hono'

/** `GET /healthz`: the process answers. Asks nobody else. */
export const healthz = (c: Context): Response => {
  c.header('cache-control', 'no-store')
  return c.text('ok\n')
}

/** `GET /readyz`: the database answers, its schema is current, and this instance goes on. */
export const readyz =
  (isReady: () => Promise<boolean>) =>
  async (c: Context): Promise<Response> => {
    c.header('cache-control', 'no-store')
    if (await isReady()) return c.text('ready\n')
    c.header('retry-after', '2')
    return c.text('not ready\n', 503)
  }
