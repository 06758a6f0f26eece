import type { Context } from 'hono'
import { StoreAway } from '../chat/files/store.ts'
import { Refusal } from '../chat/refusal.ts'
import { databaseIsAway } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Log, messageOf } from '../ops/log.ts'
import { refuseForm } from './refusals.ts'

export const unavailable = () =>
  new Refusal('unavailable', 'The server cannot reach its database just now. Try again shortly.', {
    retryAfterSeconds: limits.retryAfterSeconds,
  })

/**
 * Everything unexpected ends here: logged in full, shown in brief. A database that is away is no
 * crash, and told as what it is.
 */
export const onError = (log: Log) => (error: Error, c: Context) => {
  const request = c.get('requestId')
  if (error instanceof StoreAway) {
    log.warn('store for files', { request, error: error.message })
    return refuseForm(c, unavailable())
  }
  if (databaseIsAway(error)) {
    log.warn('database away', { request, error: messageOf(error) })
    return refuseForm(c, unavailable())
  }
  log.error('unexpected', { request, error: error.stack ?? String(error) })
  return refuseForm(c, new Refusal('unexpected', 'It is logged on the server. Try again.'))
}

/**
 * Waits for a promise for so long.
 * @returns what it gives, or `unavailable`. What it was doing is not undone: it may still happen.
 */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | Refusal> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(unavailable()), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
