import type { Refusal } from '../refusal.ts'
import type { Statement } from '../sql.ts'

/** What became of a change, and the number that it took in its room's log, if any. */
export type Answered<Outcome> = { outcome: Outcome | Refusal; seq: number | null }

/** One way in which rooms' logs change. */
export type Kind<Change, Outcome> = {
  /**
   * Stores a batch of changes in their order, one numbered event each. The rooms are locked by the
   * transaction, so what the statement finds is what holds until it is committed.
   */
  statement(changes: readonly Change[]): Statement
  /** What the statement's rows say of each change, in their order. */
  answers(changes: readonly Change[], rows: readonly object[]): Answered<Outcome>[]
  /** The characters of a change's texts. */
  chars(change: Change): number
  /** Of two changes with the same word, the second must find the first stored; null if there is none. */
  twin(change: Change): string | null
}
