/** A crowd of clients in a process of its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Order, Tally } from './tally.ts'

const program = fileURLToPath(new URL('./process.ts', import.meta.url))
const look_ms = 250

export type Crowd = {
  /** What it came to so far. */
  tally(): Promise<Tally>
  /** Waits until something holds of it, or for so many seconds. @returns the last tally */
  until(holds: (tally: Tally) => boolean, most_s: number): Promise<Tally>
  /** Sends all of them away. */
  end(): Promise<void>
}

/** Starts a crowd: all of its clients ask at once. */
export function startCrowd(order: Order): Crowd {
  const child = fork(program)
  const gone = once(child, 'exit')
  child.send(order)
  const tally = async () => {
    child.send('tally')
    const [told] = await Promise.race([once(child, 'message'), gone.then(refuse)])
    return told as Tally
  }
  return {
    tally,
    async until(holds, most_s) {
      const end_ms = performance.now() + most_s * 1000
      for (;;) {
        const now = await tally()
        if (holds(now) || performance.now() > end_ms) return now
        await sleep(look_ms)
      }
    },
    async end() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

function refuse(): never {
  throw new Error('The process of the clients has ended.')
}
