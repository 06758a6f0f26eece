import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'

/**
 * Lets so much be under way at once.
 * @param place where they come from; empty where that is not known
 * @returns a refusal, or what gives the slot back
 */
export type Slots = (who: number, place: string) => Refusal | (() => void)

/** Uploads of this instance: each holds a piece of a file in memory, and a little of the database's time. */
export function createSlots(
  atOnce: number = limits.uploadsAtOnce,
  perPerson: number = limits.uploadsPerPerson,
  perPlace: number = limits.uploadsPerAddress,
): Slots {
  const [people, places] = [new Map<number, number>(), new Map<string, number>()]
  let all = 0
  return (who, place) => {
    if ((people.get(who) ?? 0) >= perPerson)
      return wait('slow_down', 'You are sending as much as you can at once.')
    // Whoever makes themselves many guests leaves room for those elsewhere.
    if (place !== '' && (places.get(place) ?? 0) >= perPlace)
      return wait('slow_down', 'Many files are arriving from where you are.')
    if (all >= atOnce) return wait('unavailable', 'Many files are arriving just now.')
    all++
    count(people, who, 1)
    count(places, place, 1)
    return () => {
      all--
      count(people, who, -1)
      count(places, place, -1)
    }
  }
}

function count<K>(counts: Map<K, number>, key: K, by: number): void {
  const now = (counts.get(key) ?? 0) + by
  if (now > 0) counts.set(key, now)
  else counts.delete(key)
}

const wait = (code: 'slow_down' | 'unavailable', says: string) =>
  new Refusal(code, `${says} Try again in a moment.`, {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
