/** One client: a bare socket, as lean as can be, so that it is the server that is measured. */
import { connect, type Socket } from 'node:net'
import { readMarks } from './marks.ts'
import type { Order } from './tally.ts'

/** Where a waiter connects to, and whom it shows itself as. */
export type Place = { host: string; port: number; cookie: string } & Pick<Order, 'path'>

/** What a waiter tells whoever started it. */
export type Told = {
  answered(status: number): void
  /**
   * A wait that ended with nothing.
   * @param held_ms from the request to the answer's last byte
   * @param isSame whether the cursor is the one that was sent
   */
  gotNothing(held_ms: number, isSame: boolean): void
  /** A number; `before` is the newest that this waiter knew. */
  got(number: number, before: number): void
  /** An answer with one number in it or more, or one number of a stream. */
  delivered(): void
  /** Something went wrong, in a word or two; the waiter tries again. */
  failed(what: string): void
}

/** A failed request is repeated within this time, at random so that not all come at once. */
const again_ms = 1_000

export abstract class Waiter {
  protected readonly place: Place
  protected readonly told: Told
  #newest: number
  #socket: Socket | undefined
  #ended = false
  /** Whether a request has been sent that is not answered yet, or a stream is open. */
  waiting = false

  /** @param before the number before the first that will come */
  constructor(place: Place, before: number, told: Told) {
    this.place = place
    this.told = told
    this.#newest = before
  }

  /** Connects and asks, again and again until `end`. */
  start(): void {
    const { host, port } = this.place
    const socket = connect({ host, port, noDelay: true })
    this.#socket = socket
    // One character for each byte, so that lengths are lengths.
    socket.setEncoding('latin1')
    socket.on('connect', () => this.connected())
    socket.on('data', (text) => this.take(String(text)))
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.message))
    socket.on('close', () => this.fail('connection closed'))
  }

  /** Goes away. */
  end(): void {
    this.#ended = true
    this.#socket?.destroy()
  }

  /** The connection is there, new: asks for the first time on it. */
  protected abstract connected(): void

  /** What came, one character for each byte. */
  protected abstract take(text: string): void

  protected send(text: string): void {
    this.#socket?.write(text, 'latin1')
  }

  /** The head of a request by this waiter. */
  protected head(method: string, path: string, ...lines: string[]): string {
    const { host, port, cookie } = this.place
    const own = cookie ? [`Cookie: ${cookie}`] : []
    const all = [`${method} ${path} HTTP/1.1`, `Host: ${host}:${port}`, ...own, ...lines]
    return `${all.join('\r\n')}\r\n\r\n`
  }

  /** Tells of the numbers in what came. @returns how many, and how far it has been read */
  #hear(text: string): { numbers: number; read: number } {
    let numbers = 0
    const read = readMarks(text, (number) => {
      this.told.got(number, this.#newest)
      this.#newest = Math.max(number, this.#newest)
      numbers++
    })
    return { numbers, read }
  }

  /** Tells of the numbers in an answer. @returns whether there were any */
  protected hearAnswer(body: string): boolean {
    const { numbers } = this.#hear(body)
    if (numbers > 0) this.told.delivered()
    return numbers > 0
  }

  /** Tells of the numbers in a piece of a stream. @returns how far it has been read */
  protected hearPiece(text: string): number {
    const { numbers, read } = this.#hear(text)
    for (let told = 0; told < numbers; told++) this.told.delivered()
    return read
  }

  protected fail(what: string): void {
    if (this.#ended) return
    this.told.failed(what)
    this.reconnect(Math.random() * again_ms)
  }

  protected reconnect(in_ms: number): void {
    this.waiting = false
    this.#socket?.removeAllListeners().on('error', () => {})
    this.#socket?.destroy()
    setTimeout(() => this.#ended || this.start(), in_ms)
  }
}
