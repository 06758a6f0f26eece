/** What a crowd is told to do, and what it came to; both go between processes. */

/** Clients of one room. */
export type Seats = { room: string; cursor: string; clients: number }

export type Order = {
  /** Of the server, without a slash at its end. */
  baseUrl: string
  /** Carried by all requests, `name=value`. */
  cookie: string
  seats: Seats[]
  /** How long each request asks to be held, in seconds. */
  wait_s: number
  /** Whether half of the clients read event streams; the others poll. */
  streams: boolean
}

/** A message as the clients of its room got it. */
export type Got = {
  /** Clients that have it. */
  clients: number
  /** When the last of them got it, in ms since 1970. */
  last_ms: number
  /** The text that the first of them got. */
  text: string
}

/** How often each kind of error was met, by its status or by the connection's own word. */
export type Errors = Record<string, number>

export type Tally = {
  /** Clients whose request is under way. */
  waiting: number
  /** By room, then by the message's number. */
  got: Record<string, Record<number, Got>>
  /** Messages that a client got once more. */
  doubled: number
  /** Messages that a client got after a later one. */
  disordered: number
  /** Messages whose text was another one than that which the first client got. */
  differing: number
  errors: Errors
}

/** Counts one more of a kind. */
export function add(errors: Errors, kind: string): void {
  errors[kind] = (errors[kind] ?? 0) + 1
}

/** The time, in ms since 1970, finer than `Date.now()` and the same in all processes. */
export const clock_ms = (): number => performance.timeOrigin + performance.now()
