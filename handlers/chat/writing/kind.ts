import type { Refusal } from '../refusal.ts'
import type { Statement } from '../sql.ts'

/** What became of a change. */
export type Answered<Outcome> = {
  outcome: Outcome | Refusal
  /** The number that it took in its room's log, if any. */
  seq: number | null
  /** The number that it took in the server's log, where somebody lost what they could see. */
  serverSeq?: number | null
}

/** One way in which rooms' logs change. */
export type Kind<Change, Outcome> = {
  /**
   * Stores changes in their order, one numbered event each. The rooms are locked by the
   * transaction, so what the statements find is what holds until it is committed.
   */
  statements(changes: readonly Change[]): Statement[]
  /** What the statements' rows say of each change, in their order. */
  answers(changes: readonly Change[], rows: readonly object[][]): Answered<Outcome>[]
  /** The characters of a change's texts. */
  chars(change: Change): number
  /** Of two changes with the same word, the second must find the first stored; null if there is none. */
  twin(change: Change): string | null
}

/** A kind of change that is rare enough for a statement of its own each time. */
export const single = <Change, Row extends object, Outcome>(
  statement: (change: Change) => Statement,
  answer: (change: Change, row: Row) => Answered<Outcome>,
): Kind<Change, Outcome> => ({
  statements: (changes) => changes.map(statement),
  answers: (changes, rows) => changes.map((change, i) => answer(change, rows[i]?.[0] as Row)),
  chars: () => 0,
  twin: () => null,
})
