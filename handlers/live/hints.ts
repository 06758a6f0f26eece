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

/** The hints of a room that are young enough for the next answer of a poll, which none of them ends. */
export class RecentHints {
  #hints: { hint: Hint; at: number }[] = []

  add(hint: Hint): void {
    this.#hints = [...this.#young(), { hint, at: performance.now() }].slice(-limits.hintsKept)
  }

  /** Undefined where there are none. */
  now(): readonly Hint[] | undefined {
    if (this.#hints.length === 0) return undefined
    this.#hints = this.#young()
    return this.#hints.length > 0 ? this.#hints.map(({ hint }) => hint) : undefined
  }

  #young() {
    const oldest = performance.now() - limits.hintMs
    return this.#hints.filter(({ at }) => at >= oldest)
  }
}
