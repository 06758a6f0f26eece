import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

declare module 'hono' {
  interface ContextVariableMap {
    /** Puts a fragment into the static shell. */
    shell: (fragment: string) => string
  }
}

/** The forms in which one URL answers; event resources have the stream besides (`wantsStream`). */
export type Form = 'json' | 'fragment' | 'page' | 'text'

/** How a result looks in each form. Each is made only when it is asked for. */
export type Views = {
  /** An object, or JSON that is written already. */
  json: () => object | string
  /** HTML without the shell. */
  fragment: () => string
  /** Ends with a line break. */
  text: () => string
}

type Init = { status?: ContentfulStatusCode; headers?: Record<string, string> }

/** Which form a request asks for: the first that fits, in the order of the contract. */
export const formOf = (c: Context): Form =>
  chooseForm(c.req.header('accept'), c.req.header('hx-request'))

/** The same, of the headers `Accept` and `HX-Request`. */
export function chooseForm(accept = '', hxRequest?: string): Form {
  if (names(accept, 'application/json')) return 'json'
  if (hxRequest === 'true') return 'fragment'
  if (names(accept, 'text/html')) return 'page'
  return 'text'
}

/** Whether an `Accept` header asks for an event stream. */
export const wantsStream = (accept: string | undefined): boolean =>
  accept !== undefined && names(accept, 'text/event-stream')

/** Whether an `Accept` header names a media type, and does not refuse it by `q=0`. */
function names(accept: string, type: string): boolean {
  if (accept === type) return true
  if (!accept.toLowerCase().includes(type)) return false
  return accept
    .toLowerCase()
    .split(',')
    .some((range) => {
      const [name, ...parameters] = range.split(';').map((part) => part.trim())
      return name === type && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    })
}

/** Answers in the form that was asked for. Nothing of it may be kept by a cache. */
export function represent(c: Context, views: Views, init: Init = {}): Response {
  const status = init.status ?? 200
  const { type, text } = written(c, views, status)
  const headers = { ...forThisReader, 'content-type': type, ...init.headers }
  // Not by `c.body`: it makes an object of all headers, which costs more than the rest of an answer.
  return new Response(text, { status, headers })
}

function written(c: Context, views: Views, status: number): { type: string; text: string } {
  const form = formOf(c)
  if (form === 'json') return { type: jsonType(status), text: json(views.json()) }
  if (form === 'text') return { type: 'text/plain; charset=UTF-8', text: views.text() }
  const fragment = views.fragment()
  const text = form === 'page' ? c.get('shell')(fragment) : fragment
  return { type: 'text/html; charset=UTF-8', text }
}

const jsonType = (status: number) =>
  status >= 400 ? 'application/problem+json' : 'application/json'

const json = (value: object | string) => (typeof value === 'string' ? value : JSON.stringify(value))

/** Sends a browser that posted a form to where the result is to be seen. */
export const seeOther = (path: string): Response =>
  new Response(null, { status: 303, headers: { ...forThisReader, location: path } })

/** What depends on who asks, and on the form that they ask for, is nobody else's. */
const forThisReader = {
  vary: 'Accept, HX-Request',
  'cache-control': 'private, no-store',
}
