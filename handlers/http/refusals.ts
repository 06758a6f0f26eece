import type { Context } from 'hono'
import { Refusal } from '../chat/refusal.ts'
import { type Fields, readFields } from './body.ts'
import { formOf, represent } from './representation.ts'

declare module 'hono' {
  interface ContextVariableMap {
    alert: (refused: Refused) => string
  }
}

/** A refusal that becomes HTML: a page of that title or, without one, the sentence alone. */
export type Refused = {
  refusal: Refusal
  title?: string | undefined
  /** A form that was refused, to be sent again. */
  typed?: { action: string; fields: Fields } | undefined
}

const titles: Record<Refusal['code'], string> = {
  malformed: 'Malformed',
  sign_in: 'Sign in',
  not_allowed: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  too_large: 'Too large',
  media_type: 'Media type',
  invalid: 'Invalid',
  slow_down: 'Slow down',
  unexpected: 'Something went wrong',
  unavailable: 'Unavailable',
}

/**
 * Answers with a refusal, the same code in every form.
 * @param fragment stands in for the bare sentence: the form with the error and what was typed.
 */
export function refuse(c: Context, refusal: Refusal, fragment?: () => string): Response {
  const headers: Record<string, string> = {}
  if (refusal.retryAfterSeconds) headers['retry-after'] = String(refusal.retryAfterSeconds)
  return represent(
    c,
    {
      json: () => problem(refusal),
      fragment: fragment ?? (() => c.var.alert({ refusal, title: pageTitle(c, refusal) })),
      text: () => `${refusal.code}: ${refusal.detail}\n`,
    },
    { status: refusal.status, headers },
  )
}

/**
 * The same, whatever was sent: where a browser without JavaScript sent a form, the page that
 * refuses it holds all that was typed, ready to be sent again.
 */
export async function refuseForm(c: Context, refusal: Refusal): Promise<Response> {
  if (formOf(c) !== 'page' || c.req.method === 'GET') return refuse(c, refusal)
  const fields = await readFields(c).catch(() => refusal)
  if (fields instanceof Refusal) return refuse(c, refusal)
  const typed = { action: new URL(c.req.url).pathname, fields }
  return refuse(c, refusal, () => c.var.alert({ refusal, title: titles[refusal.code], typed }))
}

/** What a script posted is refused beside its form; any other refusal stands in for a page. */
const pageTitle = (c: Context, refusal: Refusal): string | undefined =>
  formOf(c) === 'fragment' && c.req.method !== 'GET' ? undefined : titles[refusal.code]

/** RFC 9457. The status says what kind of problem it is, the code which. */
const problem = (refusal: Refusal) => ({
  type: 'about:blank',
  title: titles[refusal.code],
  status: refusal.status,
  detail: refusal.detail,
  code: refusal.code,
  ...(refusal.fields ? { fields: refusal.fields } : {}),
})
