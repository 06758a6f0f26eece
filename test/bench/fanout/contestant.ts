/** What takes part in `fanout`. */
import type { Loop } from '../kit/program.ts'
import type { Way } from '../waiters/tally.ts'

export type Contestant = {
  /** As the tables have it; a word of it chooses it on the command line. */
  name: string
  /** What its figures are divided by: those of the floor of its kind. */
  kind: 'poll' | 'stream'
  isFloor?: boolean
  /** Whether it stands in the table of the large crowd as well. */
  isWanted: boolean
  way: Way
  /** Starts it in a process of its own, new and with nobody waiting. */
  start(): Promise<Serving>
}

/** Why a contestant takes no part. */
export type LeftOut = { name: string; why: string }

export type Serving = {
  baseUrl: string
  /** Whom the waiters show themselves as. */
  cookies: string[]
  /** From where to wait for what comes next: a cursor, and what to ask for with it in it. */
  now(): Promise<{ cursor: string; path: string }>
  /** Posts a number; settles once it is taken. */
  publish(number: number): Promise<void>
  /** Its processes. */
  pids: number[]
  /** Whether these can be asked to give back memory that they do not need (`collectable`). */
  collects: boolean
  /** Its event loop, where that can be watched. */
  loop?: Loop
  stop(): Promise<void>
}
