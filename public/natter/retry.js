// @ts-check

const SHORTEST_S = 0.5
const LONGEST_S = 30

/**
 * Does something again later: after a random part of a pause that doubles from half a second to
 * thirty (full jitter, so that a whole school does not come back at the same moment), at once when
 * the page is looked at again or the network returns.
 *
 * @param {() => void} again
 */
export function createRetry(again) {
  let tries = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const now = () => {
    stop()
    again()
  }
  const soonIfWaiting = () => {
    if (timer !== undefined && !globalThis.document?.hidden) now()
  }
  // A worker has no document.
  globalThis.document?.addEventListener('visibilitychange', soonIfWaiting)
  addEventListener('online', soonIfWaiting)

  return {
    stop,
    /** @param {number} [leastSeconds] what the server asked for by `Retry-After` */
    later(leastSeconds = 0) {
      clearTimeout(timer)
      const longest = Math.min(LONGEST_S, SHORTEST_S * 2 ** tries++)
      timer = setTimeout(now, (leastSeconds + Math.random() * longest) * 1000)
    },
    done() {
      stop()
      tries = 0
    },
    /** How often in a row it has failed. */
    get tries() {
      return tries
    },
  }
}

/**
 * What became of a request of htmx, once it is over.
 * @param {Event} event `htmx:finally:request`
 */
export function outcome(event) {
  const { ctx } = /** @type {CustomEvent} */ (event).detail
  const status = ctx.response?.status ?? 0
  const retryAfter = Number(ctx.response?.headers.get('retry-after')) || 0
  return {
    // A connection that broke while the answer was read has a status, and no answer: that is 0.
    status: status < 400 && ctx.status !== 'swapped' ? 0 : status,
    retryAfter,
  }
}
