/** What a crowd of waiters is told, and what it came to; it goes from one process to the other. */

/** How a waiter talks: each is a class of its own. */
export type Way =
  | 'poll'
  | 'stream'
  | 'socket.io websocket'
  | 'socket.io polling'
  | 'nchan poll'
  | 'nchan stream'

/** What a crowd is to do. */
export type Order = {
  baseUrl: string
  way: Way
  /** What is asked for; where the way has cursors, they stand behind `after=` in it. */
  path: string
  /** Whom the waiters show themselves as, in turn; a visitor where there is none. */
  cookies: string[]
  cursor: string
  /** The number before the first that will be posted. */
  before: number
  /** How many wait; the crowd may be asked for more later. */
  waits: number
  /** How many more begin in each second. */
  perSecond: number
}

/** How one posted number reached those who wait. */
export type Delivery = {
  /** How many have it. */
  got: number
  /** When the last of them got it, in ms since 1970. */
  last_ms: number
}

export type Tally = {
  /** Waiters that have begun. */
  begun: number
  /** Requests that are sent and not answered, or streams that are open. */
  waiting: number
  /** Answers by status. */
  answers: Record<string, number>
  /** Answers that held something, of which each may hold several numbers; of a stream, numbers. */
  deliveries: number
  /** Waiters whose first wait ended 200 with nothing and the cursor they had sent. */
  endedSame: number
  /** Empty answers with another cursor than the one sent. */
  endedOther: number
  /** How long empty answers were held: the shortest, the median, the longest. */
  held_ms: number[]
  failures: Record<string, number>
  /** Messages that a waiter had already, or that came after a later one. */
  doubled: number
  /** Messages that a waiter was passed over with. */
  lost: number
  /** Each number that came, by itself. */
  numbers: Record<string, Delivery>
  /** For the newest number, when each waiter got it, in ms since 1970. */
  got_ms: number[]
  /** Processor time of the crowd's own process, in seconds. */
  cpu_s: number
}
