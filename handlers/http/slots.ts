import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'

/** Lets so much be under way at once. A refusal, or what gives the slot back. */
export type Slots = (who: number) => Refusal | (() => void)

/** Uploads of this instance: each holds a piece of a file in memory, and a little of the database's time. */
export function createSlots(
  atOnce: number = limits.uploadsAtOnce,
  perPerson: number = limits.uploadsPerPerson,
): Slots {
  const taken = new Map<number, number>()
  let all = 0
  return (who) => {
    const theirs = taken.get(who) ?? 0
    if (theirs >= perPerson) return wait('slow_down', 'You are sending as much as you can at once.')
    if (all >= atOnce) return wait('unavailable', 'Many files are arriving just now.')
    all++
    taken.set(who, theirs + 1)
    return () => {
      all--
      const left = (taken.get(who) ?? 1) - 1
      if (left > 0) taken.set(who, left)
      else taken.delete(who)
    }
  }
}

const wait = (code: 'slow_down' | 'unavailable', says: string) =>
  new Refusal(code, `${says} Try again in a moment.`, {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
