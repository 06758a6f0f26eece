import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../chat/refusal.ts'

/** Lets a person do something so often; a refusal says when they may again. */
export type Pace = (personId: number) => Promise<Refusal | null>

/**
 * A pace kept in memory: `burst` at once, `perSecond` in the long run, counted by each instance
 * for itself.
 */
export function createPace(pace: { perSecond: number; burst: number }): Pace {
  const limiter = new RateLimiterMemory({
    points: pace.burst,
    duration: Math.max(1, Math.ceil(pace.burst / pace.perSecond)),
  })
  return async (personId) => {
    try {
      await limiter.consume(personId)
      return null
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason
      const seconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000))
      return new Refusal('slow_down', `That was quick. Go on in ${seconds} s.`, {
        retryAfterSeconds: seconds,
      })
    }
  }
}
