import { limits } from '../limits.ts'

/** People by room. */
export type People = Map<number, Set<number>>

/** Who is in which room, and since or until when that is known; on the clock of `performance.now()`. */
type Times = Map<number, Map<number, number>>

/**
 * Who has which room open: at this instance by the waits that are held, at the others by what they
 * announce. It is in no log and no table, and forgotten when nobody says it again.
 */
export class Presence {
  readonly #announced: Times = new Map()
  /** When all who are in a room were announced last. */
  readonly #roundAt = new Map<number, number>()
  readonly #heard: Times = new Map()

  /**
   * Whom to announce now: who has just come, and each room in turn; nobody twice within
   * `limits.hintApartMs`.
   */
  due(here: People, now = performance.now()): People {
    this.#forgetGone(here, now)
    const due: People = new Map()
    for (const [room, people] of here) {
      const announced = this.#announced.get(room) ?? new Map<number, number>()
      const isRound = now - (this.#roundAt.get(room) ?? 0) >= limits.hintApartMs
      const told = [...people].filter((person) => {
        const at = announced.get(person)
        return at === undefined || (isRound && now - at >= limits.hintApartMs)
      })
      if (isRound) this.#roundAt.set(room, now)
      for (const person of told) announced.set(person, now)
      this.#announced.set(room, announced)
      if (told.length > 0) due.set(room, new Set(told))
    }
    return due
  }

  /** Somebody has a room open, as this instance or another announces. */
  hear(room: number, people: Iterable<number>, now = performance.now()): void {
    const heard = this.#heard.get(room) ?? new Map<number, number>()
    for (const [person, at] of heard) if (now - at > limits.hintGoneMs) heard.delete(person)
    for (const person of people) heard.set(person, now)
    this.#heard.delete(room)
    if (heard.size > 0) this.#heard.set(room, heard)
    // The room of which nothing was heard for longest goes first.
    if (this.#heard.size > limits.presenceRooms) {
      for (const oldest of this.#heard.keys()) {
        this.#heard.delete(oldest)
        break
      }
    }
  }

  /** Who has a room open, as far as was heard lately. */
  hereIn(room: number, now = performance.now()): Set<number> {
    const heard = [...(this.#heard.get(room) ?? [])]
    return new Set(heard.flatMap(([person, at]) => (now - at <= limits.hintGoneMs ? person : [])))
  }

  /** Somebody wants nobody to know. */
  hide(person: number): void {
    for (const people of this.#heard.values()) people.delete(person)
  }

  /** Who goes and comes again at once is announced no more often for that. */
  #forgetGone(here: People, now: number): void {
    for (const [room, announced] of this.#announced) {
      const people = here.get(room)
      for (const [person, at] of announced) {
        if (!people?.has(person) && now - at >= limits.hintApartMs) announced.delete(person)
      }
      if (people || announced.size > 0) continue
      this.#announced.delete(room)
      this.#roundAt.delete(room)
    }
  }
}

/** The hint that people have a room open. */
export const hereHint = (people: Iterable<number>): string =>
  JSON.stringify({ type: 'here', people: [...people].map(String) })

/** Whom a hint says to have a room open; none where it says something else. */
export function hereIn(text: string): number[] {
  if (!text.startsWith('{"type":"here",')) return []
  try {
    const { people } = JSON.parse(text)
    return Array.isArray(people) ? people.map(Number).filter(Number.isSafeInteger) : []
  } catch {
    return []
  }
}
