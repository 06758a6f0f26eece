import type { Sql } from '../chat/sql.ts'
import { readEnds } from './log.ts'

/** The heads of logs by the number of their room, `SERVER_LOG` for the server's. */
export type Heads = ReadonlyMap<number, number>

/** Somebody who follows logs, and believes them to have reached some numbers. */
export type Follower = {
  /** What is to be looked at now, and how far it is believed to have come. */
  believed(): Heads
  /**
   * Is told what stands in the database; a log that is gone is missing there.
   * @param believed what was believed when the database was asked: later bells may be ahead of it.
   * @param askedAt when it was asked, as `Date.now()` gives it.
   * @param expired what has this number of a room or a lower one is not kept any more.
   */
  swept(heads: Heads, believed: Heads, askedAt: number, expired: Heads): void
}

/**
 * Asks the database how far all logs have come that somebody here follows: one query, whoever
 * follows how many. It finds what a lost doorbell would have told.
 */
export class Sweep {
  readonly #sql: Sql
  readonly #followers: readonly Follower[]
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined

  constructor(sql: Sql, followers: readonly Follower[]) {
    this.#sql = sql
    this.#followers = followers
  }

  /**
   * Looks once, beginning after this call; who asks while a look is under way shares the next one.
   * Rejects with the database's errors.
   */
  now(): Promise<void> {
    this.#next ??= this.#afterRunning()
    return this.#next
  }

  async #afterRunning(): Promise<void> {
    await this.#running?.catch(() => {})
    this.#next = undefined
    this.#running = this.#look().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #look(): Promise<void> {
    const asked = this.#followers.map((follower) => ({ follower, believed: follower.believed() }))
    const ids = new Set(asked.flatMap(({ believed }) => [...believed.keys()]))
    if (ids.size === 0) return
    const askedAt = Date.now()
    const { heads, expired } = await readEnds(this.#sql, [...ids])
    for (const { follower, believed } of asked) {
      if (believed.size > 0) follower.swept(heads, believed, askedAt, expired)
    }
  }
}
