/** What senders are to do, and what it came to; it goes from one process to the other. */

export type Order = {
  senders: number
  /** Not counted, so that what is measured is warm. */
  warm_s: number
  /** How long is counted. */
  seconds: number
  /** Where to post: each post goes to the next. Paths over HTTP, rooms' words without. */
  places: string[]
}

/** What those who send over HTTP need besides. */
export type HttpOrder = Order & {
  baseUrl: string
  /** Whom the senders show themselves as, in turn. */
  cookies: string[]
  /** Whether each post holds a text and a nonce; otherwise nothing. */
  hasBody: boolean
}

export type Sent = {
  /** Acknowledged in the time that is counted. */
  posts: number
  /** Acknowledged before it, in it and after it. */
  ever: number
  /** From sending to acknowledged: half of them, and 99 of 100. */
  p50_ms: number
  p99_ms: number
  /** What was refused, and what went wrong, in a word or two. */
  failures: Record<string, number>
  /** Processor time of the senders' own process while it counted, in seconds. */
  cpu_s: number
}

/** What a process of senders tells: that counting has begun, that it has ended, and what came of it. */
export type Told = 'begun' | 'ended' | Sent
