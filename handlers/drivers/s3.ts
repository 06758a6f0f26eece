import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import { type FileStore, StoreAway } from '../chat/files/store.ts'
import type { S3Config } from '../config.ts'
import { limits } from '../limits.ts'

type Asked = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  query?: string
  body?: Buffer | string
  headers?: Record<string, string>
}

/**
 * Files in a store that speaks S3: Amazon's, MinIO, Garage, R2. A small file is one object put at once,
 * a larger one is sent in parts as it comes. Objects are found under `files/` and the file's id.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function s3Store(config: S3Config): FileStore {
  const client = new AwsClient({
    accessKeyId: config.accessKeyId,
    secretAccessKey: config.secretAccessKey,
    service: 's3',
    region: config.region,
    retries: 2,
  })
  const bucket = `${config.endpoint.replace(/\/+$/, '')}/${encodeURIComponent(config.bucket)}`
  const ask = (path: string, asked: Asked): Promise<Response> =>
    asking(client, bucket + path, asked)
  return {
    pieceBytes: limits.s3PartBytes,
    write: (id, pieces) => write(ask, `/files/${id}`, pieces),
    read: (id, from, to) => read(ask, `/files/${id}`, from, to),
    async remove(id) {
      await ask(`/files/${id}`, { method: 'DELETE' })
      await abortAll(ask, id)
    },
  }
}

type Ask = (path: string, asked: Asked) => Promise<Response>

/** @throws {StoreAway} for all but what was asked for; the store's own words are in its cause. */
async function asking(client: AwsClient, url: string, asked: Asked): Promise<Response> {
  const { method, query = '', headers = {} } = asked
  const body =
    typeof asked.body === 'string' ? asked.body : asked.body && new Uint8Array(asked.body)
  const hash = createHash('sha256')
    .update(body ?? '')
    .digest('hex')
  const answer = await client
    .fetch(url + query, {
      method,
      body: body ?? null,
      headers: { ...headers, 'x-amz-content-sha256': hash },
      signal: AbortSignal.timeout(limits.s3Ms),
    })
    .catch((error) => {
      throw new StoreAway('The store for files does not answer.', { cause: error })
    })
  if (answer.ok || (method === 'DELETE' && answer.status === 404)) return answer
  const said = await answer.text().catch(() => '')
  throw new StoreAway(`The store for files says ${answer.status}.`, { cause: new Error(said) })
}

async function write(ask: Ask, path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  let upload: string | undefined
  const tags: string[] = []
  let whole: Buffer | undefined = Buffer.alloc(0)
  try {
    for await (const piece of pieces) {
      if (piece.length < limits.s3PartBytes && upload === undefined) {
        whole = piece
        break
      }
      whole = undefined
      upload ??= uploadIn(await (await ask(path, { method: 'POST', query: '?uploads=' })).text())
      const query = `?partNumber=${tags.length + 1}&uploadId=${encodeURIComponent(upload)}`
      const { headers } = await ask(path, { method: 'PUT', query, body: piece })
      tags.push(headers.get('etag') ?? '')
    }
    if (whole) await ask(path, { method: 'PUT', body: whole })
    else if (upload) await complete(ask, path, upload, tags)
  } catch (error) {
    if (upload) await abort(ask, path, upload).catch(() => {})
    throw error
  }
}

function uploadIn(xml: string): string {
  const id = /<UploadId>([^<]+)<\/UploadId>/.exec(xml)?.[1]
  if (!id) throw new StoreAway('The store for files begins no upload.')
  return id
}

/** A failure may come after the head of the answer, with a status that says that all is well. */
async function complete(ask: Ask, path: string, upload: string, tags: string[]): Promise<void> {
  const parts = tags.map(
    (tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
  )
  const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`
  const query = `?uploadId=${encodeURIComponent(upload)}`
  const said = await (await ask(path, { method: 'POST', query, body })).text()
  if (/<Error>/.test(said))
    throw new StoreAway('The store for files did not put the parts together.')
}

const abort = (ask: Ask, path: string, upload: string) =>
  ask(path, { method: 'DELETE', query: `?uploadId=${encodeURIComponent(upload)}` })

/** Parts of an upload that broke off are in no object, and are paid for. */
async function abortAll(ask: Ask, id: string): Promise<void> {
  const listed = await ask('', { method: 'GET', query: `?uploads=&prefix=files%2F${id}` })
  for (const [, upload = ''] of (await listed.text()).matchAll(/<UploadId>([^<]+)<\/UploadId>/g)) {
    await abort(ask, `/files/${id}`, upload)
  }
}

async function* read(ask: Ask, path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (to <= from) return
  // In stretches: an answer that a slow reader leaves open for minutes may be cut by the store.
  for (let at = from; at < to; at += limits.s3PartBytes) {
    const end = Math.min(at + limits.s3PartBytes, to)
    const answer = await ask(path, { method: 'GET', headers: { range: `bytes=${at}-${end - 1}` } })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    if (bytes.length !== end - at) throw new StoreAway('The store for files gave another stretch.')
    yield bytes
  }
}
