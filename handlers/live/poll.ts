import { limits } from '../limits.ts'
import type { Bell, Doorbell } from './doorbell.ts'

/** Of what a bell tells it tells two things; `onMissed` asks nothing while nobody waits. */
type Options = Pick<Bell, 'onMissed' | 'onState'>

/**
 * The doorbell for runtimes and databases without LISTEN: it rings nobody, and looks at all that is
 * waited for every `limits.pollingMs`. Hints do not pass it.
 */
export class PollingBell implements Doorbell {
  readonly #options: Options
  #state: 'listening' | 'lost' | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void>
  /** Grows while the database is away. */
  #delayMs: number = limits.pollingMs
  #stopped = false

  /** Looks at once, and goes on until it is stopped. */
  constructor(options: Options) {
    this.#options = options
    this.#looking = this.#look()
  }

  ring(): void {}

  hint(): void {}

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#looking
  }

  async #look(): Promise<void> {
    try {
      await this.#options.onMissed()
      this.#delayMs = limits.pollingMs
      this.#next(limits.pollingMs)
      this.#tell('listening')
    } catch (error) {
      this.#delayMs = Math.min(limits.reconnectMsMax, this.#delayMs * 2)
      // Full jitter: the instances that lost the same database come back one by one.
      this.#next(Math.random() * this.#delayMs)
      if (this.#state) this.#tell('lost', error)
    }
  }

  #next(ms: number): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#looking = this.#look()
    }, ms)
  }

  #tell(state: 'listening' | 'lost', error?: unknown): void {
    if (this.#stopped || state === this.#state) return
    this.#state = state
    this.#options.onState?.(state, error)
  }
}
