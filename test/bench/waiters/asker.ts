/** A client that asks, is answered as a whole, and asks again on the same connection. */
import { wholeAnswer } from './answer.ts'
import { Waiter } from './waiter.ts'

export abstract class Asker extends Waiter {
  #received = ''

  protected override take(text: string): void {
    this.#received = this.#received ? this.#received + text : text
    const answer = wholeAnswer(this.#received)
    if (!answer) return
    this.#received = ''
    this.waiting = false
    this.told.answered(answer.status)
    if (answer.status === 200) this.answered(answer.head, answer.body)
    else this.reconnect(Math.random() * 1_000)
  }

  protected override connected(): void {
    this.#received = ''
    this.ask()
  }

  protected abstract ask(): void

  /** An answer that is 200. */
  protected abstract answered(head: string, body: string): void
}
