import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'

/** An instance holds as many waits as it can. */
export const tooManyWaits = () =>
  new Refusal('unavailable', 'Too many are waiting here just now. Try again in a moment.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })
