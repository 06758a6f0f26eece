/** One client of the long poll: a bare socket that asks, is answered, and asks again. */
import { connect, type Socket } from 'node:net'
import { type Answer, header, takeAnswer } from './answer.ts'

/** What is waited for; `wait_s` is how long each request asks to be held. */
export type Place = { host: string; port: number; room: string; wait_s: number }

/** What a waiter tells whoever started it. */
export type Told = {
  answered(status: number): void
  /**
   * A wait that ended with nothing.
   * @param held_ms from the request to the answer's last byte
   * @param isSame whether the cursor is the one that was sent
   */
  gotNothing(held_ms: number, isSame: boolean): void
  /** A message, by its number; `before` is the newest number that this waiter knew. */
  got(n: number, before: number): void
  /** Something went wrong, in a word or two; the waiter tries again. */
  failed(what: string): void
}

/** A failed request is repeated within this time, at random so that not all come at once. */
const again_ms = 1_000

export class Waiter {
  readonly #place: Place
  readonly #told: Told
  #cursor: string
  #newest: number
  #socket: Socket | undefined
  #received = ''
  #asked_ms = 0
  #waiting = false
  #ended = false

  /** @param cursor to wait from; the number in it is the newest that this waiter knows */
  constructor(place: Place, cursor: string, told: Told) {
    this.#place = place
    this.#told = told
    this.#cursor = cursor
    this.#newest = Number(/\d+$/.exec(cursor)?.[0] ?? 0)
  }

  /** Whether a request has been sent that is not answered yet. */
  get waiting(): boolean {
    return this.#waiting
  }

  /** Connects and asks, again and again until `end`. */
  start(): void {
    const { host, port } = this.#place
    const socket = connect({ host, port, noDelay: true })
    this.#socket = socket
    this.#received = ''
    // One character for each byte, so that lengths are lengths.
    socket.setEncoding('latin1')
    socket.on('connect', () => this.#ask())
    socket.on('data', (text) => this.#take(String(text)))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? error.message))
    socket.on('close', () => this.#fail('connection closed'))
  }

  /** Goes away. */
  end(): void {
    this.#ended = true
    this.#socket?.destroy()
  }

  #ask(): void {
    const { host, port, room, wait_s } = this.#place
    const path = `/r/${room}/messages?after=${this.#cursor}&wait=${wait_s}`
    this.#asked_ms = performance.now()
    this.#waiting = true
    this.#socket?.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nHX-Request: true\r\n\r\n`)
  }

  #take(text: string): void {
    this.#received += text
    const taken = takeAnswer(this.#received)
    if (!taken) return
    this.#received = taken.rest
    this.#waiting = false
    const { status } = taken.answer
    this.#told.answered(status)
    if (status === 200) this.#follow(taken.answer)
    else this.#reconnect(Math.random() * again_ms)
  }

  /** Tells what an answer holds, and asks again from its cursor. */
  #follow({ head, body }: Answer): void {
    const held_ms = performance.now() - this.#asked_ms
    const next = /[?&]after=([\w.-]+)/.exec(header(head, 'link') ?? '')?.[1]
    if (next === undefined) {
      this.#fail('no next cursor')
      return
    }
    const numbers = [...body.matchAll(/ data-n="(\d+)"/g)].map(([, number]) => Number(number))
    for (const n of numbers) {
      this.#told.got(n, this.#newest)
      this.#newest = Math.max(n, this.#newest)
    }
    if (numbers.length === 0) this.#told.gotNothing(held_ms, next === this.#cursor)
    this.#cursor = next
    if (header(head, 'connection')?.toLowerCase() === 'close') this.#reconnect(0)
    else this.#ask()
  }

  #fail(what: string): void {
    if (this.#ended) return
    this.#told.failed(what)
    this.#reconnect(Math.random() * again_ms)
  }

  #reconnect(in_ms: number): void {
    this.#waiting = false
    this.#socket?.removeAllListeners().on('error', () => {})
    this.#socket?.destroy()
    setTimeout(() => this.#ended || this.start(), in_ms)
  }
}
