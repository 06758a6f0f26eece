import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import { isStorable, unstorable } from '../chat/text.ts'
import { limits } from '../limits.ts'

declare module 'hono' {
  interface ContextVariableMap {
    fields: Fields | Refusal | undefined
  }
}

/** What a request's body says, by field. Numbers of a JSON body are written as text. */
export type Fields = Record<string, string | undefined>

/**
 * Reads a request's body: a form, a JSON object, or plain text, which is the field `body` as it
 * is. Read once, however often it is asked for.
 */
export async function readFields(c: Context): Promise<Fields | Refusal> {
  const known = c.get('fields')
  if (known) return known
  const fields = await parseBody(c)
  c.set('fields', fields)
  return fields
}

async function parseBody(c: Context): Promise<Fields | Refusal> {
  const parse = parsers.get(mediaType(c))
  if (!parse) {
    return new Refusal(
      'media_type',
      'Send a form (application/x-www-form-urlencoded), application/json or text/plain.',
    )
  }
  const bytes = await readBytes(c, limits.bodyBytes)
  if (bytes instanceof Refusal) return bytes
  const text = decode(bytes)
  if (text === null) return unstorable()
  const fields = parse(text)
  if (fields instanceof Refusal) return fields
  return Object.values(fields).every((value) => isStorable(value ?? '')) ? fields : unstorable()
}

const parsers = new Map<string, (text: string) => Fields | Refusal>([
  ['application/x-www-form-urlencoded', parseForm],
  ['application/json', parseJson],
  ['text/plain', (text) => ({ body: text })],
])

/** A body without a type is taken for a form, as a request without a body has none. */
function mediaType(c: Context): string {
  const header = c.req.header('content-type') ?? 'application/x-www-form-urlencoded'
  return header.split(';')[0]?.trim().toLowerCase() ?? ''
}

/** Stops reading as soon as it is too much, whatever `Content-Length` claims. */
async function readBytes(c: Context, most: number): Promise<Uint8Array | Refusal> {
  const length = c.req.header('content-length')
  if (Number(length ?? 0) > most) return tooLarge(most)
  if (length === undefined) return readStream(c.req.raw, most)
  // The server reads no more than that length, and so needs no stream, which costs more than all else here.
  const bytes = new Uint8Array(await c.req.raw.arrayBuffer())
  return bytes.length > most ? tooLarge(most) : bytes
}

async function readStream(request: Request, most: number): Promise<Uint8Array | Refusal> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > most) return tooLarge(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const tooLarge = (most: number) =>
  new Refusal('too_large', `A request holds at most ${most / 1024} KiB. Send less at once.`)

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** `URLSearchParams` would put U+FFFD in place of what is no UTF-8, and so change the text. */
function parseForm(text: string): Fields | Refusal {
  const fields: Fields = {}
  try {
    for (const pair of text.split('&')) {
      const [name = '', ...rest] = pair.replaceAll('+', ' ').split('=')
      if (name !== '') fields[decodeURIComponent(name)] ??= decodeURIComponent(rest.join('='))
    }
  } catch {
    return unstorable()
  }
  return fields
}

function parseJson(text: string): Fields | Refusal {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return new Refusal('malformed', 'The body is not valid JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Refusal('malformed', 'The body must be a JSON object.')
  }
  return fieldsOf(value)
}

function fieldsOf(value: object): Fields | Refusal {
  const fields: Fields = {}
  for (const [name, field] of Object.entries(value)) {
    if (typeof field === 'string') fields[name] = field
    else if (typeof field === 'number' || typeof field === 'boolean') fields[name] = String(field)
    else if (field !== null) {
      const problem = `${name} must be a text or a number.`
      return new Refusal('invalid', problem, { fields: { [name]: problem } })
    }
  }
  return fields
}
