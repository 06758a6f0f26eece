import { Refusal } from '../refusal.ts'

/** A slow room, in which somebody has written a moment ago. */
export const slowFor = (seconds: number): Refusal =>
  new Refusal('slow_down', `This room is slow: you can write again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  })
