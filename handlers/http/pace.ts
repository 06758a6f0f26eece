import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'

/** Lets somebody do something so often; a refusal says when they may again. */
export type Pace = (who: number | string) => Promise<Refusal | null>

const DAY_S = 24 * 3600

/**
 * A pace kept in memory: `burst` at once, `perSecond` in the long run, counted by each instance
 * for itself. Counted in windows, each as long as a burst lasts at that pace: around the edge of
 * one, two bursts may pass.
 */
export function createPace(
  { perSecond, burst }: { perSecond: number; burst: number },
  sentence = (seconds: number) => `That was quick. Go on in ${seconds} s.`,
): Pace {
  const points = Math.max(burst, perSecond)
  // A window is a timer, and a timer of more than 24 days fires at once.
  const duration = Math.min(DAY_S, Math.ceil(points / perSecond))
  const limiter = new RateLimiterMemory({ points, duration })
  return async (who) => {
    try {
      await limiter.consume(who)
      return null
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason
      const seconds = Math.max(1, Math.ceil(reason.msBeforeNext / 1000))
      return new Refusal('slow_down', sentence(seconds), {
        retryAfterSeconds: seconds,
      })
    }
  }
}

/** So often one may try to sign in to one account, whoever tries. */
export const createSignInPace = (): Pace =>
  createPace(
    { perSecond: limits.signIns / limits.signInsSeconds, burst: limits.signIns },
    (seconds) => `There were many tries to sign in with that name. Try again in ${seconds} s.`,
  )
