import { limits } from '../limits.ts'

/** Something of a room that is in no log, such as who is typing: JSON, as it was sent. */
export type Hint = { text: string }

/** Whether a text can be told as a hint: streams and programs get it as JSON. */
export function isHint(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A hint, and where the room's log stood when it came. */
type Recent = { hint: Hint; top: number; at: number }

/** The hints of a room that are young enough for the next answer of a poll, which none of them ends. */
export class RecentHints {
  #hints: Recent[] = []

  /** @param top the newest number of the room's log. */
  add(hint: Hint, top: number): void {
    const recent = { hint, top, at: performance.now() }
    this.#hints = [...this.#young(), recent].slice(-limits.hintsKept)
  }

  /**
   * What a poll past a number is told: what came before that number was there was told with it.
   * @returns undefined where there is nothing.
   */
  past(after: number): readonly Hint[] | undefined {
    if (this.#hints.length === 0) return undefined
    this.#hints = this.#young()
    const hints = this.#hints.flatMap(({ hint, top }) => (top >= after ? hint : []))
    return hints.length > 0 ? hints : undefined
  }

  #young() {
    const oldest = performance.now() - limits.hintMs
    return this.#hints.filter(({ at }) => at >= oldest)
  }
}
