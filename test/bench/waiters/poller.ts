/** A client of the long poll. */
import { header } from './answer.ts'
import { Asker } from './asker.ts'
import type { Place, Told } from './waiter.ts'

const next_header = /\r\nlink: *<[^>]*[?&]after=([\w.-]+)/i
const closing_header = /\r\nconnection: *close/i

export class Poller extends Asker {
  #cursor: string
  #asked_ms = 0
  readonly #start: string
  readonly #end: string

  /** @param cursor to wait from, in place of the one in the place's path */
  constructor(place: Place, before: number, told: Told, cursor: string) {
    super(place, before, told)
    this.#cursor = cursor
    const [start = '', end = ''] = this.head('GET', place.path, 'HX-Request: true').split(cursor)
    this.#start = start
    this.#end = end
  }

  protected override ask(): void {
    this.#asked_ms = performance.now()
    this.waiting = true
    this.send(this.#start + this.#cursor + this.#end)
  }

  protected override answered(head: string, body: string): void {
    const next = header(head, next_header)
    if (next === undefined) {
      this.fail('no next cursor')
      return
    }
    if (!this.hearAnswer(body)) {
      this.told.gotNothing(performance.now() - this.#asked_ms, next === this.#cursor)
    }
    this.#cursor = next
    if (closing_header.test(head)) this.reconnect(0)
    else this.ask()
  }
}
