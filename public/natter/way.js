// @ts-check
import { take } from './tabs.js'

// The way from a page to the connection that all tabs share.

/** A tab that is looked at says so now and then, and a worker that is alive answers. */
const STAND_MS = 25_000
const ANSWER_MS = 10_000
const POLL_KEY = 'natter:poll-until'

/**
 * Connects a page for as long as it is there; a page that the browser keeps aside lets go meanwhile.
 * @param {() => Pick<import('./tabs.js').Stand, 'room' | 'after' | 'me'>} place where the page stands
 * @param {(said: any) => void} hear is told of all that comes
 * @returns {() => void} says where the page stands now
 */
export function connect(place, hear) {
  /** @type {MessagePort | null} */
  let port = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let patience
  let isAnswered = false

  /** @param {boolean} isLooked */
  function stand(isLooked) {
    if (!port) return
    const { hidden: isHidden } = document
    port.postMessage({ ...place(), isHidden, isLooked, pollUntil: remembered() })
    clearTimeout(patience)
    patience = setTimeout(unanswered, ANSWER_MS)
  }

  function meet() {
    try {
      const worker = new SharedWorker('/natter/tabs.js', { type: 'module', name: 'natter' })
      worker.addEventListener('error', alone)
      use(worker.port)
    } catch {
      alone()
    }
  }

  /** Without a worker for all tabs this one has a connection of its own. */
  function alone() {
    const { port1, port2 } = new MessageChannel()
    take(port2)
    use(port1)
  }

  /** @param {MessagePort} way */
  function use(way) {
    part()
    port = way
    port.onmessage = ({ data }) => {
      clearTimeout(patience)
      isAnswered = true
      if (data.pollUntil !== undefined) remember(data.pollUntil)
      hear(data)
    }
    stand(!document.hidden)
  }

  function part() {
    port?.postMessage(null)
    port?.close()
    port = null
    clearTimeout(patience)
  }

  /** The worker has died, or has never come. */
  function unanswered() {
    if (!isAnswered) return alone()
    isAnswered = false
    meet()
  }

  meet()
  document.addEventListener('visibilitychange', () => stand(!document.hidden))
  addEventListener('focus', () => stand(true))
  addEventListener('online', () => stand(false))
  addEventListener('pagehide', part)
  addEventListener('pageshow', (event) => {
    if (event.persisted) meet()
  })
  setInterval(() => {
    if (!document.hidden) stand(false)
  }, STAND_MS)
  return () => stand(false)
}

// A worker has no storage that it could read at once, so its tabs remember for it.

function remembered() {
  try {
    return Number(localStorage.getItem(POLL_KEY)) || 0
  } catch {
    return 0
  }
}

/** @param {number} pollUntil 0 to forget it */
function remember(pollUntil) {
  try {
    if (pollUntil) localStorage.setItem(POLL_KEY, String(pollUntil))
    else localStorage.removeItem(POLL_KEY)
  } catch {
    // Storage may be forbidden: then each page finds it out for itself.
  }
}
