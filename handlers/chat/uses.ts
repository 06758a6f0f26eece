import { limits } from '../limits.ts'
import type { Asked, Entry } from './entry.ts'
import type { Sql } from './sql.ts'

/**
 * When sessions were used last, kept coarsely: what an instance has seen it gathers, and writes it
 * in one statement now and then, and of that only what is much younger than what stands there.
 *
 * A session is seen where the database is asked who somebody is, which costs far more than a note,
 * and where somebody is let in to write by memory. A wait that memory lets in is not noted: it is the
 * one thing that happens by the thousand, and whoever waits is looked up when a page is opened
 * and with each new stream.
 */
export class Uses {
  readonly #sql: Sql
  readonly #onError: (error: unknown) => void
  readonly #timer: ReturnType<typeof setInterval>
  #seen = new Set<string>()

  /** @param onError is told of what could not be written; the next use is noted again. */
  constructor(sql: Sql, onError: (error: unknown) => void) {
    this.#sql = sql
    this.#onError = onError
    this.#timer = setInterval(() => void this.write(), limits.usesWrittenMs)
    this.#timer.unref()
  }

  /** @param session the stored key of a session that somebody was found by. */
  note(session: Uint8Array | null): void {
    if (session && this.#seen.size < limits.usesNoted) {
      this.#seen.add(
        Buffer.from(session.buffer, session.byteOffset, session.length).toString('hex'),
      )
    }
  }

  /** The same `enter`, which notes whom it finds. */
  noting(enter: (asked: Asked) => Promise<Entry>): (asked: Asked) => Promise<Entry> {
    return async (asked) => {
      const entry = await enter(asked)
      if (entry.person) this.note(asked.session)
      return entry
    }
  }

  /** Writes what was noted. What another instance writes at the same time is left to it. */
  async write(): Promise<void> {
    if (this.#seen.size === 0) return
    const keys = [...this.#seen]
    this.#seen = new Set()
    try {
      await this.#sql.query(
        `with stale as (
           select key from sessions
            where key in (select decode(hex, 'hex') from unnest($1::text[]) as noted (hex))
              and (used_at is null or used_at < now() - make_interval(secs => $2))
              for update skip locked
         )
         update sessions set used_at = now() where key in (select key from stale)`,
        [keys, limits.usesApartSeconds],
      )
    } catch (error) {
      this.#onError(error)
    }
  }

  /** Nothing is written any more. The last minute is not worth holding up a stop. */
  stop(): void {
    clearInterval(this.#timer)
  }
}
