/** A store that speaks as much of S3 as files need, in memory, and takes nothing that is not signed. */
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type S3Server = {
  /** The settings that lead to it. */
  env: Record<string, string>
  objects: Map<string, Buffer>
  /** Uploads in parts that are neither complete nor given up. */
  uploads: Map<string, { path: string; parts: Map<number, Buffer> }>
  /** What was refused, and why. */
  refused: string[]
  /** Answers everything with this status, until it is 0. */
  failing: number
  close(): Promise<void>
}

const KEY = 'test-key'
const SECRET = 'test-secret'
const REGION = 'test-region'
const PART_BYTES_MIN = 5 * 1024 * 1024

/** Starts one with an empty bucket on a free port of this machine. */
export async function startS3(): Promise<S3Server> {
  const server = createServer((incoming, outgoing) => {
    void answer(store, incoming, outgoing).catch((error) => outgoing.destroy(error))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const store: S3Server = {
    env: {
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: 'natter',
      S3_REGION: REGION,
      S3_ACCESS_KEY_ID: KEY,
      S3_SECRET_ACCESS_KEY: SECRET,
    },
    objects: new Map(),
    uploads: new Map(),
    refused: [],
    failing: 0,
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return store
}

async function answer(store: S3Server, incoming: IncomingMessage, outgoing: ServerResponse) {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece)
  const body = Buffer.concat(pieces)
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
  const why = isSigned(incoming, url, body)
  if (why) store.refused.push(`${incoming.method} ${incoming.url}: ${why}`)
  const {
    status,
    text = '',
    headers = {},
  } = why
    ? { status: 403, text: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }
    : store.failing
      ? { status: store.failing, text: '<Error/>' }
      : act(store, incoming, url, body)
  outgoing.writeHead(status, headers).end(text)
}

type Said = { status: number; text?: string | Buffer; headers?: Record<string, string> }

function act(store: S3Server, { method, headers }: IncomingMessage, url: URL, body: Buffer): Said {
  const path = url.pathname
  const upload = url.searchParams.get('uploadId')
  if (method === 'GET' && url.searchParams.has('uploads')) return list(store, url)
  if (method === 'POST' && url.searchParams.has('uploads')) {
    const id = `upload/${store.uploads.size + 1}+=`
    store.uploads.set(id, { path, parts: new Map() })
    return { status: 200, text: `<R><UploadId>${id}</UploadId></R>` }
  }
  if (upload !== null) return part(store, method ?? '', url, upload, body)
  if (method === 'PUT') {
    store.objects.set(path, body)
    return { status: 200, headers: { etag: tagOf(body) } }
  }
  const object = store.objects.get(path)
  if (method === 'DELETE') {
    store.objects.delete(path)
    return { status: 204 }
  }
  if (!object) return { status: 404, text: '<Error><Code>NoSuchKey</Code></Error>' }
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  return { status: 206, text: object.subarray(Number(from), Number(to) + 1) }
}

function part(store: S3Server, method: string, url: URL, id: string, body: Buffer): Said {
  const upload = store.uploads.get(id)
  if (!upload) return { status: 404, text: '<Error><Code>NoSuchUpload</Code></Error>' }
  if (method === 'PUT') {
    upload.parts.set(Number(url.searchParams.get('partNumber')), body)
    return { status: 200, headers: { etag: tagOf(body) } }
  }
  store.uploads.delete(id)
  if (method === 'DELETE') return { status: 204 }
  const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]+)</g)]
  const parts = named.map(([, number, tag]) => {
    const bytes = upload.parts.get(Number(number))
    return bytes && tagOf(bytes) === tag ? bytes : undefined
  })
  const isWhole = parts.every(
    (bytes, i) => bytes && (i === parts.length - 1 || bytes.length >= PART_BYTES_MIN),
  )
  // As the real one does, with a status that says that all is well.
  if (!isWhole) return { status: 200, text: '<Error><Code>InvalidPart</Code></Error>' }
  store.objects.set(upload.path, Buffer.concat(parts as Buffer[]))
  return { status: 200, text: '<CompleteMultipartUploadResult/>' }
}

function list(store: S3Server, url: URL): Said {
  const prefix = `${url.pathname}/${url.searchParams.get('prefix')}`
  const found = [...store.uploads].filter(([, { path }]) => path.startsWith(prefix))
  return { status: 200, text: found.map(([id]) => `<UploadId>${id}</UploadId>`).join('') }
}

const tagOf = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`
const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
const escaped = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/**
 * Checks a request: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 * @returns what is wrong with it; empty where nothing is.
 */
function isSigned({ method, headers }: IncomingMessage, url: URL, body: Buffer): string {
  const [, scope = '', names = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    ) ?? []
  const date = String(headers['x-amz-date'])
  const place = `${date.slice(0, 8)}/${REGION}/s3/aws4_request`
  if (scope !== `${KEY}/${place}`) return `it is signed for ${scope}`
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'the body is another one'
  if (!names.split(';').includes('host')) return 'the host is not signed'
  const query = [...url.searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')
  const canonical = [
    method,
    url.pathname,
    query,
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    headers['x-amz-content-sha256'],
  ].join('\n')
  const signed = ['AWS4-HMAC-SHA256', date, place, sha256(canonical)].join('\n')
  const key = place
    .split('/')
    .reduce<Buffer | string>((from, one) => hmac(from, one), `AWS4${SECRET}`)
  return hmac(key, signed).toString('hex') === signature ? '' : 'the signature is another one'
}
