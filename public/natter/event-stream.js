// @ts-check

/** @typedef {{ type: string, data: string, id: string }} Event `id` is empty where none was sent */

/**
 * Reads an event stream piece by piece, wherever it was cut. `EventSource` would not do: it tells
 * nobody of the comments, by which one knows that a quiet stream gets through.
 *
 * @param {(event: Event) => void} take
 * @returns {(piece: string) => void}
 */
export function createParser(take) {
  let rest = ''
  let event = { type: 'message', data: '', id: '' }
  return (piece) => {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [, name, value = ''] = /^(\w*)(?:: ?)?(.*?)\r?$/.exec(line) ?? []
      if (name === 'event') event.type = value
      else if (name === 'data') event.data += `${value}\n`
      else if (name === 'id') event.id = value
      else if (/^\r?$/.test(line)) {
        if (event.data || event.id) take({ ...event, data: event.data.slice(0, -1) })
        event = { type: 'message', data: '', id: '' }
      }
    }
  }
}

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
