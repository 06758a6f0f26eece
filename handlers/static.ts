import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { etag } from 'hono/etag'
import { securityHeaders } from './http/security.ts'
import { keepFiles } from './kept-files.ts'

/**
 * The application with the static files and headers that the proxy would give it: for running
 * without one. A held request is not compressed, since it would be buffered.
 *
 * @param publicDir folder with the files.
 */
export function withStaticFiles(app: Hono, publicDir: string): Hono {
  const outer = new Hono()
  const compressed = compress()
  outer.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(securityHeaders)) {
      // What somebody uploaded brings a stricter policy of its own.
      if (!c.res.headers.has(name)) c.header(name, value)
    }
  })
  outer.use((c, next) => (c.req.query('wait') === undefined ? compressed(c, next) : next()))

  const files = serveStatic({ root: publicDir })
  const kept = keepFiles(publicDir)
  for (const path of ['/natter/*', '/styles/*', '/vendor/*', `/:file{${staticFile}}`]) {
    outer.use(path, revalidated, kept, etag(), files)
  }
  const shell = serveStatic({ root: publicDir, rewriteRequestPath: () => 'index.html' })
  outer.get('/shell.html', shell)
  outer.all('*', (c) => app.fetch(c.req.raw, c.env))
  return outer
}

/** A browser asks each time whether what it has is as it was. */
const revalidated: MiddlewareHandler = async (c, next) => {
  await next()
  if (c.res.ok) c.header('cache-control', 'no-cache')
}

/** Everything at the top of `public/` but the shell itself. */
const staticFile = '(?!index\\.html$)[\\w-]+\\.(?:css|js|svg|html|txt|webmanifest|png|ico)'
