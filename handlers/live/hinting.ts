import { limits } from '../limits.ts'
import type { Hub } from './hub.ts'
import { hereHint, hereIn, Presence } from './presence.ts'
import type { ServerLog } from './server-log.ts'
import type { Sweep } from './sweep.ts'

type Options = {
  hub: Pick<Hub, 'hint' | 'present'>
  log: Pick<ServerLog, 'reached' | 'head'>
  /** Looks how far the server's log has come, among others. */
  sweep: Pick<Sweep, 'now'>
  /** Tells the other instances. */
  ring: (roomId: number, text: string) => void
}

/**
 * What is in no log: who types, and who has a room open. A hint goes with how far the server's log
 * had come when it was made, and is told nowhere before that has been followed: so whoever was removed
 * by then hears of nothing.
 */
export class Hinting {
  readonly presence = new Presence()
  readonly #options: Options
  readonly #typed = new Map<string, number>()
  readonly #timer: NodeJS.Timeout
  #isLooking = false

  constructor(options: Options) {
    this.#options = options
    this.#timer = setInterval(() => void this.announce(), limits.presenceLookMs)
    this.#timer.unref()
  }

  /** Tells a room's readers, here and at the other instances. @param text JSON */
  hint(roomId: number, text: string, seq: number): void {
    this.#tell(roomId, text, seq)
    this.#options.ring(roomId, `${seq} ${text}`)
  }

  /** Another instance tells something. */
  heard(roomId: number, words: string): void {
    const [, seq, text] = /^(\d{1,15}) (.*)$/s.exec(words) ?? []
    if (seq !== undefined && text !== undefined) this.#tell(roomId, text, Number(seq))
  }

  /** Whether somebody typed in a room a moment ago: then the database need not be asked again, nor others told. */
  hasTyped(personId: number, roomId: number): boolean {
    const at = this.#typed.get(`${personId} ${roomId}`)
    return at !== undefined && performance.now() - at < limits.hintApartMs
  }

  /** Notes that somebody types who may. */
  noteTyping(personId: number, roomId: number): void {
    if (this.#typed.size >= limits.typistsKept) this.#typed.clear()
    this.#typed.set(`${personId} ${roomId}`, performance.now())
  }

  /** Announces that somebody types. */
  types({ id, name }: { id: number; name: string }, roomId: number, seq: number): void {
    const text = JSON.stringify({ type: 'typing', person: { id: String(id), name } })
    this.hint(roomId, text, seq)
  }

  /** Announces who has come, and now and then who is still here. Never rejects. */
  async announce(): Promise<void> {
    if (this.#isLooking) return
    const due = this.presence.due(this.#options.hub.present())
    if (due.size === 0) return
    this.#isLooking = true
    try {
      await this.#options.sweep.now()
      const { head } = this.#options.log
      for (const [roomId, people] of due) this.hint(roomId, hereHint(people), head)
    } catch {
      // A database that is away: it is said again when it is back.
    } finally {
      this.#isLooking = false
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tell(roomId: number, text: string, seq: number): void {
    const told = () => {
      this.presence.hear(roomId, hereIn(text))
      this.#options.hub.hint(roomId, text)
    }
    const following = this.#options.log.reached(seq)
    if (following) following.then(told, () => {})
    else told()
  }
}
