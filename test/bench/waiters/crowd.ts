/** A crowd of waiters in a process of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { bundle } from '../kit/bundle.ts'
import { startScript, told } from '../kit/program.ts'
import type { Order, Tally } from './tally.ts'

const look_ms = 200

export type Crowd = {
  /** What it came to so far. */
  tally(): Promise<Tally>
  /** Lets it grow to so many; they begin by and by. */
  grow(waits: number): void
  /** Waits until something holds of it, or for so many seconds. @returns the last tally */
  until(holds: (tally: Tally) => boolean, most_s: number): Promise<Tally>
  /** Sends all of them away. */
  end(): Promise<void>
}

/** Starts a crowd; its waits begin by and by. */
export async function startCrowd(order: Order): Promise<Crowd> {
  const program = startScript(await bundle(new URL('./process.ts', import.meta.url)))
  const { child } = program
  child.send(order)
  const tally = async () => {
    child.send('tally')
    return told<Tally>(program)
  }
  return {
    tally,
    grow: (waits) => void child.send(waits),
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
      await program.gone
    },
  }
}
