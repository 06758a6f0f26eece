import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../limits.ts'
import { type Bell, type Doorbell, readPayload, writePayload } from './doorbell.ts'

/** What the bell needs of a node-postgres `Client`, whichever driver. */
export type ListenClient = {
  connect(): Promise<unknown>
  query(text: string, values?: unknown[]): Promise<unknown>
  end(): Promise<void>
  on(event: 'notification', listener: (message: { payload?: string | undefined }) => void): unknown
  on(event: 'error' | 'end', listener: (error?: Error) => void): unknown
}

type Options = Bell & {
  /** A new connection, not connected yet: direct, since LISTEN does not pass a pooler. */
  client: () => ListenClient
  /** Told when the connection is there, and when it is lost: once each, however often it is tried. */
  onState?: (state: 'listening' | 'lost', error?: unknown) => void
}

const CHANNEL = 'natter'
const WATCHDOG = 'watchdog '

/**
 * The doorbell over LISTEN and NOTIFY, on one connection of its own. That connection can die
 * without a word, so a watchdog rings itself and reconnects when it does not hear that.
 */
export class ListenBell implements Doorbell {
  readonly #options: Options
  readonly #name = randomUUID()
  #client: ListenClient | undefined
  #gathered = new Map<number, number>()
  #gathering: NodeJS.Timeout | undefined
  #heardAt = 0
  #isListening = false
  #stopped = false
  #hangUp: () => void = () => {}
  #running: Promise<void>

  /** Begins to connect at once, and goes on trying until it is stopped. */
  constructor(options: Options) {
    this.#options = options
    this.#running = this.#run()
  }

  ring(roomId: number, seq: number): void {
    this.#gathered.set(roomId, Math.max(seq, this.#gathered.get(roomId) ?? 0))
    this.#gathering ??= setTimeout(() => this.#send(), limits.doorbellGatherMs)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#gathering)
    // What was rung last still goes out, unless the connection is dead.
    await Promise.race([this.#send(), sleep(limits.doorbellGoodbyeMs, undefined, { ref: false })])
    this.#hangUp()
    await this.#running
  }

  async #send(): Promise<void> {
    const payload = writePayload(this.#gathered, limits.doorbellPayloadBytes)
    this.#gathered = new Map()
    this.#gathering = undefined
    if (payload) await this.#notify(payload)
  }

  /** A bell that cannot be rung is lost, as any may be; the connection's end is noticed elsewhere. */
  async #notify(payload: string): Promise<void> {
    await this.#client?.query('select pg_notify($1, $2)', [CHANNEL, payload]).catch(() => {})
  }

  async #run(): Promise<void> {
    let delayMs = 0
    while (!this.#stopped) {
      const startedAt = Date.now()
      const error = await this.#listen().catch((reason: unknown) => reason)
      if (this.#stopped) return
      if (this.#isListening) this.#options.onState?.('lost', error)
      this.#isListening = false
      const lasted = Date.now() - startedAt > limits.reconnectMsMax
      delayMs = lasted ? 0 : Math.min(limits.reconnectMsMax, delayMs * 2 + limits.reconnectMsMin)
      await this.#pause(Math.random() * delayMs)
    }
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

  /** One connection, from its beginning to its end. */
  async #listen(): Promise<unknown> {
    const client = this.#options.client()
    const ended = new Promise<unknown>((resolve) => {
      client.on('error', resolve)
      client.on('end', resolve)
      this.#hangUp = () => resolve(undefined)
    })
    client.on('notification', (message) => this.#hear(message.payload ?? ''))
    this.#heardAt = Date.now()
    const watch = setInterval(() => this.#watch(), limits.watchdogMs)
    try {
      const left = await Promise.race([this.#greet(client).then(() => 'listening'), ended])
      if (left !== 'listening' || this.#stopped) return left
      return await ended
    } finally {
      clearInterval(watch)
      this.#client = undefined
      // A dead connection's goodbye may never be answered; nothing waits for it.
      client.end().catch(() => {})
    }
  }

  /** LISTEN first, then look: what was committed before is seen, what comes after is heard. */
  async #greet(client: ListenClient): Promise<void> {
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    this.#heardAt = Date.now()
    this.#client = client
    this.#isListening = true
    this.#options.onState?.('listening')
    this.#options.onMissed()
  }

  #watch(): void {
    if (Date.now() - this.#heardAt > limits.doorbellSilenceMs) this.#hangUp()
    else this.#notify(WATCHDOG + this.#name)
  }

  #hear(payload: string): void {
    if (payload.startsWith(WATCHDOG)) {
      if (payload === WATCHDOG + this.#name) this.#heardAt = Date.now()
      return
    }
    const heads = readPayload(payload)
    if (heads) for (const [roomId, seq] of heads) this.#options.onRing(roomId, seq)
    else this.#options.onMissed()
  }
}
