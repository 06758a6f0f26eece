/** A client that asks once and is sent events. */
import type { Place, Told } from './waiter.ts'
import { Waiter } from './waiter.ts'

const id_line = /^\nid: *(\S+)\n/

/** An event stream, of Natter or of whatever answers the same request. */
export class Listener extends Waiter {
  #received = ''
  #open = false
  #last: string

  /** @param cursor to wait from, in place of the one in the place's path */
  constructor(place: Place, before: number, told: Told, cursor: string) {
    super(place, before, told)
    this.#last = cursor
  }

  protected override connected(): void {
    this.#received = ''
    this.#open = false
    const resumed = [`Last-Event-ID: ${this.#last}`]
    this.send(this.head('GET', this.place.path, 'Accept: text/event-stream', ...resumed))
  }

  protected override take(text: string): void {
    this.#received = this.#received ? this.#received + text : text
    if (!this.#open && !this.#begin()) return
    const at = this.#received.lastIndexOf('\nid: ')
    const id = at < 0 ? undefined : id_line.exec(this.#received.slice(at))?.[1]
    if (id !== undefined) this.#last = id
    this.#received = this.#received.slice(this.hearPiece(this.#received))
  }

  /** Looks at the answer's head. @returns whether a stream has begun */
  #begin(): boolean {
    const end = this.#received.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#received.slice(0, end)
    this.told.answered(Number(head.slice(9, 12)))
    if (!/\r\ncontent-type: *text\/event-stream/i.test(head)) {
      this.fail(`no event stream: ${head.slice(9, 12)}`)
      return false
    }
    this.#received = this.#received.slice(end)
    this.#open = true
    this.waiting = true
    return true
  }
}
