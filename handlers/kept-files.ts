import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Context, MiddlewareHandler } from 'hono'

type Body = Uint8Array<ArrayBuffer>

/** A file as it was sent last. */
type Kept = {
  stamp: string
  plain: Body
  zipped: Body | undefined
  headers: Record<string, string>
}

const zip = promisify(gzip)

/**
 * Keeps the files that what comes after it serves, plain and compressed, until they change: to read,
 * hash and compress them for each request takes longer than to make a page.
 *
 * @param folder where the files are, under the paths that they are asked for by.
 */
export function keepFiles(folder: string): MiddlewareHandler {
  const kept = new Map<string, Kept>()
  return async (c, next) => {
    const file = join(folder, c.req.path)
    const stamp = isWhole(c) ? await stampOf(file) : undefined
    const known = kept.get(file)
    if (stamp && known?.stamp === stamp) return answerWith(c, known)
    await next()
    if (!stamp || c.res.status !== 200) return
    const plain = new Uint8Array(await c.res.clone().arrayBuffer())
    const headers = Object.fromEntries(c.res.headers)
    const zipped = new Uint8Array(await zip(plain))
    const isSmaller = zipped.length < 0.9 * plain.length
    kept.set(file, { stamp, plain, zipped: isSmaller ? zipped : undefined, headers })
  }
}

const isWhole = ({ req }: Context): boolean =>
  req.method === 'GET' && req.header('range') === undefined

/** Changes when the file does; undefined where there is none. */
async function stampOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? `${found.mtimeMs} ${found.size}` : undefined
}

function answerWith(c: Context, { plain, zipped, headers }: Kept): Response {
  const { etag = '' } = headers
  const known = c.req.header('if-none-match')?.split(/\s*,\s*/) ?? []
  if (known.some((one) => one.replace(/^W\//, '') === etag)) return c.body(null, 304, headers)
  const isZipped = zipped && /\bgzip\b(?!\s*;\s*q=0)/.test(c.req.header('accept-encoding') ?? '')
  if (!isZipped) return c.body(plain, 200, { ...headers, 'content-length': `${plain.length}` })
  const coding = { 'content-encoding': 'gzip', vary: 'Accept-Encoding', etag: `W/${etag}` }
  return c.body(zipped, 200, { ...headers, ...coding, 'content-length': `${zipped.length}` })
}
