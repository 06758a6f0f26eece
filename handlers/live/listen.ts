import { randomUUID } from 'node:crypto'
import { limits } from '../limits.ts'
import { type Bell, type Doorbell, readHints, readPayload } from './doorbell.ts'
import { Outbox, type Outgoing } from './outbox.ts'

type Notification = { channel: string; payload?: string | undefined }

/** What the bell needs of a node-postgres `Client`, whichever driver. */
export type ListenClient = {
  connect(): Promise<unknown>
  query(text: string, values?: unknown[]): Promise<unknown>
  end(): Promise<void>
  on(event: 'notification', listener: (message: Notification) => void): unknown
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
}

type Options = Bell & {
  /** A new connection, not connected yet: direct, since LISTEN does not pass a pooler. */
  client: () => ListenClient
}

/** A connection that listens; `ended` resolves when it is over, with the reason if there is one. */
type Line = { client: ListenClient; ended: Promise<unknown> }

const CHANNEL = 'natter'
const HINTS = 'natter_hints'
const WATCHDOG = 'watchdog '

/**
 * The doorbell over LISTEN and NOTIFY, on one connection of its own. That connection can die
 * without a word, so a watchdog rings itself and reconnects when it does not hear that.
 */
export class ListenBell implements Doorbell {
  readonly #options: Options
  readonly #nonce = randomUUID()
  readonly #outbox: Outbox
  #line: Line | undefined
  #unheard = 0
  #stopped = false
  #stopping: Promise<void> | undefined
  #hangUp: () => void = () => {}
  #running: Promise<void>

  /** Begins to connect at once, and goes on trying until it is stopped. */
  constructor(options: Options) {
    this.#options = options
    this.#outbox = new Outbox(this.#nonce, (outgoing) => this.#send(outgoing))
    this.#running = this.#run()
  }

  ring(roomId: number, seq: number): void {
    this.#outbox.ring(roomId, seq)
  }

  hint(roomId: number, text: string): void {
    this.#outbox.hint(roomId, text)
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    this.#stopped = true
    // What was rung last still goes out, unless the connection is dead.
    const late = setTimeout(() => this.#hangUp(), limits.doorbellGoodbyeMs)
    await this.#outbox.close()
    clearTimeout(late)
    this.#hangUp()
    await this.#running
  }

  #send({ heads, hints }: Outgoing): Promise<void> {
    const all: [channel: string, payload: string][] = []
    if (heads) all.push([CHANNEL, heads])
    if (hints) all.push([HINTS, hints])
    return this.#notify(all)
  }

  /**
   * Comes back when it is done, or when the connection is over: a bell that cannot be rung is lost;
   * the sweep finds what it would have told.
   */
  async #notify(all: [channel: string, payload: string][]): Promise<void> {
    const line = this.#line
    if (!line) return
    const done = line.client.query(
      'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as t (channel, payload)',
      [all.map(([channel]) => channel), all.map(([, payload]) => payload)],
    )
    await Promise.race([done.catch(() => {}), line.ended])
  }

  async #run(): Promise<void> {
    let delayMs: number = limits.reconnectMsMin
    while (!this.#stopped) {
      const startedAt = Date.now()
      const error = await this.#listen().catch((reason: unknown) => reason)
      if (this.#line) this.#lose(error)
      if (this.#stopped) return
      const lasted = Date.now() - startedAt > limits.reconnectMsMax
      // Full jitter: the instances that lost the same database come back one by one.
      await this.#pause(Math.random() * delayMs)
      delayMs = lasted ? limits.reconnectMsMin : Math.min(limits.reconnectMsMax, delayMs * 2)
    }
  }

  #lose(error: unknown): void {
    this.#line = undefined
    if (!this.#stopped) this.#options.onState?.('lost', error)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#hangUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** One connection, from its beginning to its end. @returns why it ended. */
  async #listen(): Promise<unknown> {
    const client = this.#options.client()
    const ended = new Promise<unknown>((resolve) => {
      client.on('error', resolve)
      client.on('end', resolve)
      this.#hangUp = () => resolve(undefined)
    })
    client.on('notification', (message) => this.#hear(message))
    this.#unheard = 0
    const watch = setInterval(() => this.#watch(), limits.watchdogMs)
    try {
      const left = await Promise.race([this.#greet(client).then(() => 'listening'), ended])
      if (left !== 'listening' || this.#stopped) return left
      this.#answer({ client, ended })
      return await ended
    } finally {
      clearInterval(watch)
      // A dead connection's goodbye may never be answered; nothing waits for it.
      client.end().catch(() => {})
    }
  }

  async #greet(client: ListenClient): Promise<void> {
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    await client.query(`listen ${HINTS}`)
  }

  /** After LISTEN, look: what was committed before is seen, what comes after is heard. */
  #answer(line: Line): void {
    this.#line = line
    this.#unheard = 0
    this.#options.onState?.('listening')
    this.#lookAtAll()
  }

  /** Counts what it rang and did not hear, not time: a process that was paused is not deaf. */
  #watch(): void {
    if (this.#unheard >= limits.watchdogUnheard) this.#hangUp()
    else void this.#notify([[CHANNEL, WATCHDOG + this.#nonce]])
    this.#unheard++
  }

  #hear({ channel, payload = '' }: Notification): void {
    if (this.#stopped) return
    if (channel === HINTS) this.#hearHints(payload)
    else if (payload === WATCHDOG + this.#nonce) this.#unheard = 0
    else if (!payload.startsWith(WATCHDOG)) this.#hearHeads(payload)
  }

  #hearHeads(payload: string): void {
    const heads = readPayload(payload)
    if (heads) for (const [roomId, seq] of heads) this.#options.onRing(roomId, seq)
    else this.#lookAtAll()
  }

  #hearHints(payload: string): void {
    for (const [roomId, text] of readHints(payload, this.#nonce)) {
      this.#options.onHint?.(roomId, text)
    }
  }

  /** Where that fails, the next sweep is a second away. */
  #lookAtAll(): void {
    this.#options.onMissed().catch(() => {})
  }
}
