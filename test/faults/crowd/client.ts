/** A client on a bare socket, which asks again and again, and counts each error it meets. */
import { connect, type Socket } from 'node:net'
import { limits } from '../../../handlers/limits.ts'

/** Where a client asks, and for what. */
export type Place = {
  host: string
  port: number
  room: string
  /** `name=value` */
  cookie: string
  /** How long a request asks to be held, in seconds. */
  wait_s: number
}

/** What a client tells whoever started it. */
export type Told = {
  /** A message, each time that it comes. */
  got(n: number, text: string): void
  /** A message of a page that takes the place of all that was there before. */
  gotAnew(n: number, text: string): void
  /** An error that its user would meet, in a word; the client goes on by itself. */
  met(error: string): void
}

/** A failed request is repeated within this time, at random so that not all come at once. */
const again_ms = 500

export abstract class Client {
  readonly place: Place
  protected readonly told: Told
  /** What has been seen, as the server named it. */
  protected cursor: string
  #socket: Socket | undefined
  #waiting = false
  #ended = false
  #patience: NodeJS.Timeout | undefined

  constructor(place: Place, cursor: string, told: Told) {
    this.place = place
    this.cursor = cursor
    this.told = told
  }

  /** Whether a request is under way. */
  get waiting(): boolean {
    return this.#waiting
  }

  /** The headers of the next request, without its path. */
  protected abstract headers(): string[]

  /** The path of the next request. */
  protected abstract path(): string

  /** A new connection: whatever came on the last one is of no use. */
  protected abstract begin(): void

  /** Takes what has come; one character for each byte. */
  protected abstract take(text: string): void

  /** Connects and asks, again and again until `end`. */
  start(): void {
    const { host, port } = this.place
    const socket = connect({ host, port, noDelay: true })
    this.#socket = socket
    this.begin()
    // One character for each byte, so that lengths are lengths.
    socket.setEncoding('latin1')
    socket.on('connect', () => this.ask())
    socket.on('data', (text) => {
      this.#patience?.refresh()
      this.take(String(text))
    })
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(error.code ?? error.message))
    socket.on('close', () => this.fail('cut'))
  }

  /** Goes away. */
  end(): void {
    this.#ended = true
    this.#leave()
  }

  /** Sends the next request on the connection that stands. */
  protected ask(): void {
    const { host, port, cookie } = this.place
    const head = [`GET ${this.path()} HTTP/1.1`, `Host: ${host}:${port}`, `Cookie: ${cookie}`]
    this.#waiting = true
    this.#patience = setTimeout(() => this.fail('silence'), limits.clientTimeoutMs)
    this.#socket?.write(`${[...head, ...this.headers()].join('\r\n')}\r\n\r\n`)
  }

  /** The request that was under way is answered. */
  protected answered(): void {
    clearTimeout(this.#patience)
    this.#waiting = false
  }

  /** Tells of an error, and tries again on another connection. */
  protected fail(error: string): void {
    if (this.#ended) return
    this.told.met(error)
    this.reconnect(Math.random() * again_ms)
  }

  /** Leaves the connection, and asks on another one. */
  protected reconnect(in_ms: number): void {
    this.#leave()
    setTimeout(() => this.#ended || this.start(), in_ms)
  }

  #leave(): void {
    this.answered()
    this.#socket?.removeAllListeners().on('error', () => {})
    this.#socket?.destroy()
  }
}
