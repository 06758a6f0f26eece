import { Refusal } from '../refusal.ts'
import { actRefusals } from './act.ts'

const refusals: Record<string, () => Refusal> = {
  archived: actRefusals.archived as () => Refusal,
  reads_only: () => new Refusal('not_allowed', 'In this room you may read, not write.'),
  muted: () =>
    new Refusal('not_allowed', 'A moderator has muted you here. You can read, and write later.'),
}

/** Why somebody who sees a room may not write in it, by the word that a statement says. */
export const mayNotWrite = (why: string): Refusal | undefined => refusals[why]?.()

/** A slow room, in which somebody has written a moment ago. */
export const slowFor = (seconds: number): Refusal =>
  new Refusal('slow_down', `This room is slow: you can write again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  })
