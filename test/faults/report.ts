/** The report: a line for each scenario. */
import { printed, type Table } from '../bench/kit/table.ts'
import type { Errors } from './crowd/tally.ts'

/** What a scenario came to. */
export type Outcome = {
  scenario: string
  posted: number
  acknowledged: number
  /** Pairs of an acknowledged message and a client of its room: those that should be, and those that are. */
  expected: number
  delivered: number
  doubled: number
  disordered: number
  /** Deliveries of another text than the one that was posted under that number. */
  differing: number
  /** From a message's acknowledgement until the last client had it, at most. */
  gap_ms: number
  /** What is wrong in the database, a line each. */
  wrongStored: string[]
  waitErrors: Errors
  postErrors: Errors
  /** More that is to be said of it. */
  note: string
}

/** The outcomes as a table for a terminal. */
export function reportOf(outcomes: Outcome[]): string {
  const table: Table = {
    columns: [
      'scenario',
      'posted',
      'acknowledged',
      'delivered',
      'lost',
      'doubled',
      'longest gap',
      'errors of waits',
      'errors of posts',
    ],
    rows: outcomes.map(rowOf),
  }
  const notes = outcomes.filter(({ note }) => note).map((one) => `${one.scenario}: ${one.note}`)
  return [printed(table), ...notes].join('\n')
}

function rowOf(outcome: Outcome): string[] {
  const { scenario, posted, acknowledged, delivered, expected, doubled, gap_ms } = outcome
  const figures = [posted, acknowledged, delivered, expected - delivered, doubled].map(String)
  const errors = [outcome.waitErrors, outcome.postErrors].map(inWords)
  return [scenario, ...figures, `${Math.round(gap_ms)} ms`, ...errors]
}

/** Errors by kind: `503 ×12, ECONNRESET ×3`. */
export function inWords(errors: Errors): string {
  const kinds = Object.entries(errors).sort(([a], [b]) => a.localeCompare(b))
  return kinds.map(([kind, times]) => `${kind} ×${times}`).join(', ') || 'none'
}
