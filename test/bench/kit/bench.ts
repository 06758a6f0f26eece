/** What a benchmark is: a name, what it shows, and a run that gives tables. */
import type { Table } from './table.ts'
import type { Target } from './target.ts'

/** An option on the command line; with `standard` it takes a value. */
export type Option = { says: string; standard?: string }

export type Bench = {
  name: string
  /** One line for `--help`. */
  shows: string
  options?: Record<string, Option>
  run(context: Context): Promise<Report>
}

export type Context = {
  /** The server at BASE_URL, or one started for this run when first asked for. */
  target(): Promise<Target>
  /** The value of an option of this benchmark; empty where a flag is not set. */
  option(name: string): string
  /** Tells the person at the terminal what is going on. */
  say(line: string): void
}

export type Report = {
  /** Which server was measured. */
  server: string
  tables: Table[]
  /** What a reader of the figures has to know. */
  notes: string[]
}

/**
 * The whole number that an option gives.
 * @throws {Error} when it is none, or less than 1
 */
export function countOf(context: Context, name: string): number {
  const text = context.option(name)
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Error(`--${name} ${text}: not a whole number above 0`)
}
