import type { Context } from 'hono'
import { type Found, findFile } from '../chat/files/found.ts'
import { Refusal } from '../chat/refusal.ts'
import { sessionOf } from '../http/identity.ts'
import { holdsRange, namesTag, rangeOf } from '../http/range.ts'
import { kindOf } from '../media/type.ts'
import type { Answer } from './context.ts'

/** `GET /files/{id}/{name}`: a file, for whoever may see its message just now. */
export const showFile: Answer = async (c) => {
  const found = await find(c, 'whole')
  if (found instanceof Refusal) return found
  const { id, size, sha256, store } = found
  const tag = `"${sha256.toString('hex')}"`
  const headers = { ...headersOf(found), etag: tag, 'accept-ranges': 'bytes' }
  if (namesTag(c.req.header('if-none-match'), tag))
    return new Response(null, { status: 304, headers })
  const asked = holdsRange(c.req.header('if-range'), tag) ? c.req.header('range') : undefined
  const range = rangeOf(asked, size)
  if (range === 'none') {
    const none = { ...headers, 'content-range': `bytes */${size}`, 'content-length': '0' }
    return new Response(null, { status: 416, headers: none })
  }
  const { from, to } = range ?? { from: 0, to: size }
  const { stores, passed } = c.get('files')
  const body =
    c.req.method === 'HEAD' ? null : streamOf(stores.of(store).read(id, from, to), passed)
  return new Response(body, {
    status: range ? 206 : 200,
    headers: {
      ...headers,
      'content-length': String(to - from),
      ...(range ? { 'content-range': `bytes ${from}-${to - 1}/${size}` } : {}),
    },
  })
}

/** `GET /previews/{id}`: a smaller picture of a file, for the same people. */
export const showPreview: Answer = async (c) => {
  const found = await find(c, 'preview')
  if (found instanceof Refusal) return found
  const preview = new Uint8Array(found.preview ?? [])
  const tag = `"${found.id}"`
  const headers = {
    ...headersOf({ ...found, type: 'image/webp', name: 'preview.webp' }),
    etag: tag,
  }
  if (namesTag(c.req.header('if-none-match'), tag))
    return new Response(null, { status: 304, headers })
  return new Response(preview, {
    headers: { ...headers, 'content-length': String(preview.length) },
  })
}

async function find(c: Context, what: 'whole' | 'preview'): Promise<Found | Refusal> {
  const session = sessionOf(c, c.get('secret')())
  const found = await findFile(c.get('sql'), session, c.req.param('id') ?? '', what)
  if (!(found instanceof Refusal) && session) c.get('uses').note(session)
  return found
}

/**
 * What nobody may make more of than it is: the type is the one that its bytes say, nothing in it runs,
 * and all but pictures, sounds and films is saved, not shown. It is asked for anew each time, so that
 * who has lost the room has lost its files.
 */
const headersOf = ({ name, type }: Pick<Found, 'name' | 'type'>): Record<string, string> => ({
  'content-type': type,
  'content-disposition': disposition(kindOf(type) === 'other' ? 'attachment' : 'inline', name),
  'cache-control': 'private, no-cache, no-transform',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  vary: 'Cookie, Authorization',
})

/** https://www.rfc-editor.org/rfc/rfc6266#section-4 */
function disposition(how: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^ -~]|["\\%]/g, '_')
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  )
  return `${how}; filename="${plain}"; filename*=UTF-8''${whole}`
}

/** Read as its reader takes it, and no further. */
function streamOf(
  bytes: AsyncGenerator<Uint8Array>,
  passed: (bytes: number) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await bytes.next()
        if (done) return controller.close()
        controller.enqueue(value)
        passed(value.length)
      },
      async cancel() {
        await bytes.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
