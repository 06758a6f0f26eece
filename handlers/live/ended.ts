import { limits } from '../limits.ts'
import type { Waiter } from './wait.ts'

/**
 * Whose sessions ended lately. Their waits end then; but a request that was let in just before may
 * begin to wait only after that.
 */
export class Ended {
  readonly #at = new Map<number, number>()
  #everybodyAt = -1

  /** @param moves how far the server's log has been followed (`ServerLog.moves`). */
  add(personId: number, moves: number): void {
    this.#at.delete(personId)
    this.#at.set(personId, moves)
    if (this.#at.size <= limits.endedPeople) return
    for (const [oldest, at] of this.#at) {
      this.#at.delete(oldest)
      // Who it was is not known any more, so it may have been anybody.
      this.#everybodyAt = Math.max(this.#everybodyAt, at)
      return
    }
  }

  /** All waits have ended: a room was closed, or the server's policy is another. */
  addEverybody(moves: number): void {
    this.#everybodyAt = Math.max(this.#everybodyAt, moves)
  }

  /** Whether somebody was looked up before a session of theirs ended. */
  has({ personId, seen }: Waiter): boolean {
    if (seen <= this.#everybodyAt) return true
    if (personId === null) return false
    const at = this.#at.get(personId)
    return at !== undefined && seen <= at
  }
}
