// @ts-check

/**
 * Gives a request up that says nothing for so long, or that nobody wants any more.
 * @param {AbortSignal} outer
 * @param {number} ms
 */
export function listen(outer, ms) {
  const inner = new AbortController()
  const abort = () => inner.abort()
  outer.addEventListener('abort', abort)
  let timer = setTimeout(abort, ms)
  return {
    signal: inner.signal,
    /** @param {number} ms */
    more(ms) {
      clearTimeout(timer)
      timer = setTimeout(abort, ms)
    },
    /** Nothing has come for so long. */
    isTired: () => inner.signal.aborted && !outer.aborted,
    end() {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
      abort()
    },
  }
}

/**
 * Nothing for a while.
 * @param {number} ms
 * @param {AbortSignal} signal ends the pause
 */
export const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve(undefined)
    })
  })
