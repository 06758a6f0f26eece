/** What a crowd of waiters came to; it goes from its process to the benchmark's. */

/** What a crowd is to do. */
export type Order = {
  baseUrl: string
  room: string
  cursor: string
  /** How many wait. */
  waits: number
  /** How many more begin in each second. */
  perSecond: number
  /** How long each request asks to be held, in seconds. */
  wait_s: number
}

export type Tally = {
  /** Waiters that have begun. */
  begun: number
  /** Requests that are sent and not answered. */
  waiting: number
  /** Answers by status. */
  answers: Record<string, number>
  /** Waiters whose first wait ended 200 with nothing and the cursor they had sent. */
  endedSame: number
  /** Empty answers with another cursor than the one sent. */
  endedOther: number
  /** How long empty answers were held: the shortest, the median, the longest. */
  held_ms: number[]
  failures: Record<string, number>
  /** Messages that a waiter had already. */
  doubled: number
  /** Messages that a waiter was passed over with. */
  lost: number
  /** For the newest message, when each waiter got it, in ms since 1970. */
  got_ms: number[]
}
