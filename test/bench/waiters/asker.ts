/** A client that asks, is answered as a whole, and asks again on the same connection. */
import { Waiter } from './waiter.ts'

const end_of_head = '\r\n\r\n'

export abstract class Asker extends Waiter {
  #received = ''

  protected override take(text: string): void {
    this.#received = this.#received ? this.#received + text : text
    const end = this.#received.indexOf(end_of_head)
    if (end < 0) return
    const head = this.#received.slice(0, end)
    const after = this.#received.slice(end + end_of_head.length)
    const body = takeBody(head, after)
    if (body === undefined) return
    this.#received = ''
    this.waiting = false
    const status = Number(head.slice(9, 12))
    this.told.answered(status)
    if (status === 200) this.answered(head, body)
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

/** The value of a header. */
export function header(head: string, name: RegExp): string | undefined {
  return name.exec(head)?.[1]
}

const length_header = /\r\ncontent-length: *(\d+)/i

/** The body, once it is whole. @throws {Error} where its length is told in no way that is read here */
function takeBody(head: string, after: string): string | undefined {
  const length = header(head, length_header)
  if (length === undefined) return takeChunks(after)
  return after.length < Number(length) ? undefined : after.slice(0, Number(length))
}

function takeChunks(after: string): string | undefined {
  let body = ''
  for (let at = 0; ; ) {
    const line = after.indexOf('\r\n', at)
    if (line < 0) return undefined
    const bytes = Number.parseInt(after.slice(at, line), 16)
    if (Number.isNaN(bytes)) throw new Error(`no length: ${after.slice(at, line)}`)
    const end = line + 2 + bytes
    if (after.length < end + 2) return undefined
    if (bytes === 0) return body
    body += after.slice(line + 2, end)
    at = end + 2
  }
}
