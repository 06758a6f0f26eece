/** Requests as browsers, htmx, programs and terminals make them, and people who make them. */
import type { Hono } from 'hono'

export const forms = ['json', 'fragment', 'page', 'text'] as const
export type Form = (typeof forms)[number]

/** What each kind of client sends to get its form. */
const accepting: Record<Form, Record<string, string>> = {
  json: { accept: 'application/json' },
  fragment: { accept: 'text/html', 'hx-request': 'true' },
  page: { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
  text: { accept: '*/*' },
}

/** Somebody with the cookie that makes them known. */
export type Someone = { id: string; name: string; cookie: string }

export type Asked = {
  by?: Someone | undefined
  form?: Form
  method?: string
  headers?: Record<string, string>
  signal?: AbortSignal
  /** A JSON body. */
  json?: unknown
  /** A form's fields. */
  fields?: Record<string, string>
  /** A body as it is; its type is in `headers`. */
  raw?: BodyInit
}

/** Makes a request; one with a body is a POST unless it says otherwise. */
export async function ask(app: Hono, path: string, asked: Asked = {}): Promise<Response> {
  const { type, body } = bodyOf(asked)
  const headers = {
    ...accepting[asked.form ?? 'json'],
    ...(asked.by ? { cookie: asked.by.cookie } : {}),
    ...(type ? { 'content-type': type } : {}),
    ...asked.headers,
  }
  const method = asked.method ?? (body === undefined ? 'GET' : 'POST')
  return app.request(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(asked.signal ? { signal: asked.signal } : {}),
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  })
}

function bodyOf({ json, fields, raw }: Asked): { type?: string; body?: BodyInit } {
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) }
  if (fields !== undefined) {
    const type = 'application/x-www-form-urlencoded'
    return { type, body: new URLSearchParams(fields).toString() }
  }
  return raw === undefined ? {} : { body: raw }
}

/** An answer's JSON as a shape of the contract. */
export async function jsonOf<T>(response: Response | Promise<Response>): Promise<T> {
  return (await (await response).json()) as T
}

/** Becomes a guest, and is known from then on. */
export async function join(app: Hono, name: string): Promise<Someone> {
  const response = await ask(app, '/me', { method: 'PATCH', json: { name, color: '#336699' } })
  const { id } = await jsonOf<PersonJson>(response.clone())
  return { id, name, cookie: cookieOf(response) }
}

/** The cookie that an answer sets, as it is sent back. */
export function cookieOf(response: Response): string {
  const [cookie] = response.headers.getSetCookie()
  if (!cookie) throw new Error('The answer sets no cookie.')
  return cookie.split(';')[0] ?? ''
}

/** Says something that must be taken. */
export async function say(app: Hono, by: Someone, room: string, body: string) {
  const response = await ask(app, `/r/${room}/messages`, { by, json: { body } })
  if (response.status !== 201) throw new Error(`Not posted: ${await response.text()}`)
  return jsonOf<MessageJson>(response)
}

/** Makes a room. @returns its slug */
export async function roomOf(app: Hono, by: Someone, name: string, visibility = 'open') {
  const response = await ask(app, '/rooms', { by, json: { name, visibility } })
  if (response.status !== 201) throw new Error(`No room: ${await response.text()}`)
  return (await jsonOf<{ room: RoomJson }>(response)).room.slug
}

export type PersonJson = { id: string; name: string; color: string; kind: string }

export type MessageJson = {
  n: number
  room: string
  author: PersonJson
  body: string
  html: string
  at: string
  edited_at: string | null
  deleted: boolean
  reply_to: number | null
  version: number
}

export type PageJson = {
  messages: MessageJson[]
  prev: number | null
  next: number | null
  live: string
}

export type RoomJson = {
  slug: string
  name: string
  topic: string
  visibility: string
  archived: boolean
}

export type EventJson = { seq: number; type: string; by: string; at: string; message: MessageJson }

export type ChangesJson = {
  events: EventJson[]
  next: string
  more: boolean
  reset: boolean
}

export type ProblemJson = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  fields?: Record<string, string>
}
