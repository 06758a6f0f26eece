import type { Context } from 'hono'
import type { Refusal } from '../chat/refusal.ts'
import { represent } from './representation.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The sentence of a refusal as a fragment; what stands around it is the pages' matter. */
    alert: (refusal: Refusal) => string
  }
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
      fragment: fragment ?? (() => c.var.alert(refusal)),
      text: () => `${refusal.code}: ${refusal.detail}\n`,
    },
    { status: refusal.status, headers },
  )
}

/** RFC 9457. The status says what kind of problem it is, the code which. */
const problem = (refusal: Refusal) => ({
  type: 'about:blank',
  title: titles[refusal.code],
  status: refusal.status,
  detail: refusal.detail,
  code: refusal.code,
  ...(refusal.fields ? { fields: refusal.fields } : {}),
})
