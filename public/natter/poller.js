// @ts-check
import { createRetry, outcome } from './retry.js'
import { say } from './state.js'

// htmx asks once and tries nothing again: this wakes the poller after a failure.

/** A little longer than the longest wait: a request older than this is dead, asleep or not. */
const DEAD_AFTER_MS = 40_000
/** A page that is loaded again because its cursor is none any more does so at most so often. */
const RELOAD_AFTER_MS = 30_000

const poller = () => document.getElementById('poller')
const retry = createRetry(ask)
let askedAt = 0

/**
 * What htmx keeps of a wait, if the event is about one. The poller's element is no way to know it:
 * an answer replaces it, and its successor asks before the answer's own request is over.
 *
 * @param {Event} event
 */
function waitOf(event) {
  const { ctx } = /** @type {CustomEvent} */ (event).detail
  return ctx.request.action.includes('&wait=') ? ctx : null
}

function ask() {
  const element = poller()
  if (element) window.htmx.trigger(element, 'natter:again')
}

document.addEventListener('htmx:before:request', (event) => {
  if (waitOf(event)) askedAt = Date.now()
})

// Between us and the server may stand a portal that answers everything with a page of its own.
document.addEventListener('htmx:before:swap', (event) => {
  const wait = waitOf(event)
  if (!wait || wait.text.includes('id="poller"')) return
  event.preventDefault()
  wait.isStrange = true
})

document.addEventListener('htmx:finally:request', (event) => {
  const wait = waitOf(event)
  if (!wait) return
  const { isStrange } = wait
  const { status, retryAfter } = outcome(event)
  if (status >= 200 && status < 300 && !isStrange) {
    retry.done()
    say('away', '')
  } else if (status === 401 || status === 404) {
    retry.done()
    say('away', 'This room is not open to you any more.')
  } else if ((status === 400 || status === 422) && performance.now() > RELOAD_AFTER_MS) {
    location.reload()
  } else {
    retry.later(retryAfter)
    // One failure may be a server that is being replaced: the next try finds the other.
    if (retry.tries > 1 || !navigator.onLine) say('away', awayText())
  }
})

addEventListener('offline', () => {
  if (poller()) say('away', awayText())
})

/** After sleep a request may hang on a connection that nobody else knows of. */
function wake() {
  const element = poller()
  if (document.hidden || !element) return
  if (Date.now() - askedAt > DEAD_AFTER_MS) window.htmx.trigger(element, 'htmx:abort')
  ask()
}
document.addEventListener('visibilitychange', wake)
addEventListener('online', wake)
addEventListener('pageshow', (event) => {
  if (event.persisted) wake()
})

const awayText = () =>
  navigator.onLine
    ? "The server can't be reached just now. Trying again."
    : "You're offline. What you write is kept and sent when you're back."
