import type { Refusal } from '../chat/refusal.ts'
import type { Hub } from './hub.ts'
import { type Batch, nothing } from './log.ts'
import type { Ask } from './shared-reads.ts'
import { Wait, type Waiter } from './wait.ts'

class Patience extends Wait {
  readonly tell: (batch: Batch) => void

  constructor(ms: number, who: Waiter, tell: (batch: Batch) => void) {
    super(ms, who)
    this.tell = tell
  }
}

export type Waiting = Ask & {
  /** How long to wait when there is nothing; 0 answers at once. */
  ms: number
  /** Ends the wait when the client is gone. */
  signal: AbortSignal
  who: Waiter
}

/**
 * A wait as a promise, in any runtime: the events past a number; where there are none, as soon as
 * there are, or none after `ms`.
 * @returns `unavailable` when the instance holds as many waits as it can.
 */
export async function changesOf(hub: Hub, waiting: Waiting): Promise<Batch | Refusal> {
  const batch = await hub.changes(waiting)
  const { after, ms, signal, who } = waiting
  // They ask again, and are told what they may see now.
  if (hub.refuses(who)) return nothing(after)
  if (batch.events.length > 0 || ms === 0 || signal.aborted) return batch
  return new Promise((resolve) => {
    const leave = () => {
      hub.leave(wait)
      resolve(nothing(after))
    }
    const wait = new Patience(ms, who, (told) => {
      signal.removeEventListener('abort', leave)
      resolve(told)
    })
    const refusal = hub.hold(waiting, wait)
    if (refusal) return resolve(refusal)
    if (!wait.done) signal.addEventListener('abort', leave)
  })
}
