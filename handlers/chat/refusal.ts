/**
 * The codes of the contract, each with its HTTP status. The same in every representation.
 * `unexpected` is what no verb returns: a mistake of ours.
 */
export const refusalStatus = {
  malformed: 400,
  sign_in: 401,
  not_allowed: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  media_type: 415,
  invalid: 422,
  slow_down: 429,
  unexpected: 500,
  unavailable: 503,
} as const

export type RefusalCode = keyof typeof refusalStatus

type Extra = { fields?: Record<string, string>; retryAfterSeconds?: number }

/**
 * An expected failure: a value that a verb returns, not an exception. `detail` is a sentence for
 * the person that says what to do; `fields` says it for each field that is wrong.
 */
export class Refusal {
  readonly code: RefusalCode
  readonly detail: string
  readonly fields: Record<string, string> | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: RefusalCode, detail: string, extra: Extra = {}) {
    this.code = code
    this.detail = detail
    this.fields = extra.fields
    this.retryAfterSeconds = extra.retryAfterSeconds
  }

  get status() {
    return refusalStatus[this.code]
  }
}

/** A room or message that is not there, or not for whoever asks: the two look the same. */
export const notFound = (what: string) =>
  new Refusal('not_found', `There is no such ${what}, or it is not open to you.`)

export const signIn = () =>
  new Refusal('sign_in', 'Say who you are first: pick a name, then try again.')

/** For whoever the server is closed to just now, whatever they ask for. */
export const notAdmitted = (person: object | null, policy: 'open' | 'invited' | 'members') =>
  new Refusal(
    'sign_in',
    policy === 'members' && person
      ? 'This server is for people with an account. Make one or sign in, then try again.'
      : 'This server is not open to everybody. Sign in, or ask somebody in it for a link.',
  )

/** Wrong fields, each with a sentence. */
export const invalid = (fields: Record<string, string>) =>
  new Refusal('invalid', Object.values(fields).join(' '), { fields })
