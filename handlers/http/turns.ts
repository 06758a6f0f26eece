import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'

/**
 * Does what one asks for after what the same one asked for before, so that nobody takes more than
 * one place of what there is few of.
 * @param who whom it is counted for
 * @param isWanted asked when it is its turn: whether somebody still waits for it
 * @returns `slow_down` where too much of theirs waits already, or nobody waits any more
 */
export type Turns = <T>(
  who: string,
  work: () => Promise<T>,
  isWanted?: () => boolean,
) => Promise<T | Refusal>

/** Kept in memory, by each instance for itself, as its connections are. */
export function createTurns(atOnce: number = limits.searchesWaiting): Turns {
  const queues = new Map<string, { last: Promise<unknown>; waiting: Set<() => boolean> }>()
  return async <T>(who: string, work: () => Promise<T>, isWanted = () => true) => {
    const queue = queues.get(who) ?? { last: Promise.resolve(), waiting: new Set() }
    // What nobody waits for any more takes no time when its turn comes, and so no place.
    if ([...queue.waiting].filter((one) => one()).length >= atOnce) return wait()
    queues.set(who, queue)
    const wanted = () => isWanted()
    queue.waiting.add(wanted)
    const turn = queue.last.then<T | Refusal>(() => (isWanted() ? work() : wait()))
    queue.last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      queue.waiting.delete(wanted)
      if (queue.waiting.size === 0) queues.delete(who)
    }
  }
}

const wait = () =>
  new Refusal('slow_down', 'Your other searches are still under way. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
