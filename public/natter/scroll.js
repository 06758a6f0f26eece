// @ts-check
import { createRetry, outcome } from './retry.js'

// The talk stands at its end until it is scrolled away; the list is laid out from its end, so that
// the browser itself keeps the place. This says what came meanwhile, and leads there.

const scroller = document.getElementById('scroller')
const latest = document.getElementById('latest')
const words = latest?.querySelector('span')
const app = document.querySelector('.app')
const title = document.title
const stillness = matchMedia('(prefers-reduced-motion: reduce)')
const NEAR_PX = 120
/** So many heights of what is seen away from the end, one is led back there. */
const FAR_SCREENS = 2
let unseen = 0

/** From the end; the offset is negative in a list that is laid out from its end. */
const isNearEnd = () => !scroller || Math.abs(scroller.scrollTop) < NEAR_PX

const isFar = () => scroller && Math.abs(scroller.scrollTop) > FAR_SCREENS * scroller.clientHeight

/** Whether the talk goes on at its end; a page of the past has an end of its own. */
const goesOn = () => document.getElementById('poller') !== null

/** What may be done about one message, and a thread, say themselves where the present is. */
const isLed = () => document.querySelector('.message-acts, [data-thread]') !== null

function show() {
  const isAway = goesOn() ? !isNearEnd() && (unseen > 0 || isFar()) : !isLed()
  if (latest && words) {
    latest.hidden = !isAway
    words.textContent = unseen > 0 ? 'New messages' : 'To the present'
    latest.classList.toggle('plain', unseen === 0)
  }
  // Of somebody known it tells what is unread anywhere, see read.js.
  if (app?.hasAttribute('data-me')) return
  document.title = unseen > 0 && document.hidden ? `(${unseen}) ${title}` : title
}

function seen() {
  if (!document.hidden && isNearEnd()) unseen = 0
  show()
}

const numberOf = (/** @type {Element} */ item) => Number(item.getAttribute('data-n'))
const newest = () => document.querySelector('#messages > :last-child')
const numberOfNewest = () => numberOf(newest() ?? document.body)
let last = numberOfNewest()

/** A page of a thread is told of all that is said in the room. @param {Element} item */
function belongs(item) {
  const thread = item.parentElement?.getAttribute('data-thread')
  return thread == null || ['n', 'thread'].some((of) => item.getAttribute(`data-${of}`) === thread)
}

/** How many messages of others came since this was last asked; several may come at once. */
function come() {
  let count = 0
  for (let item = newest(); item; item = item.previousElementSibling) {
    // A line with the day has no number.
    if (item.classList.contains('day')) continue
    if (numberOf(item) <= last) break
    if (!belongs(item)) continue
    if (item.getAttribute('data-author') !== app?.getAttribute('data-me')) count++
  }
  last = numberOfNewest()
  return count
}

// The list itself may be replaced, so what stands around it is watched.
if (scroller) {
  new MutationObserver(() => {
    const count = come()
    if (count === 0) return
    if (document.hidden || !isNearEnd()) unseen += count
    show()
  }).observe(scroller, { childList: true, subtree: true })
}

scroller?.addEventListener('scroll', seen, { passive: true })
document.addEventListener('visibilitychange', seen)
latest?.addEventListener('click', () => {
  if (!goesOn()) return location.assign(`/r/${app?.getAttribute('data-room')}`)
  scroller?.scrollTo({ top: 0, behavior: stillness.matches || isFar() ? 'instant' : 'smooth' })
  unseen = 0
  show()
})

// What comes behind a page of the past as one reads on is nothing new, and moves nothing that is seen.
document.addEventListener('htmx:before:swap', (event) => {
  const { sourceElement } = /** @type {CustomEvent} */ (event).detail.ctx
  const edge = newest()
  if (!scroller || !edge || !sourceElement?.closest('#onward .further')) return
  const before = edge.getBoundingClientRect().y
  document.addEventListener(
    'htmx:after:swap',
    () => {
      scroller.scrollTop += edge.getBoundingClientRect().y - before
      last = numberOfNewest()
      unseen = 0
      show()
    },
    { once: true },
  )
})

// What did not come as its edge came into sight is asked for again.
/** @type {Set<Element>} */
const missing = new Set()
const retry = createRetry(() => {
  for (const link of missing) window.htmx.trigger(link, 'natter:again')
})
document.addEventListener('htmx:finally:request', (event) => {
  const link = /** @type {CustomEvent} */ (event).detail.ctx.sourceElement
  if (!link?.matches('.further > a')) return
  const { status, retryAfter } = outcome(event)
  missing.delete(link)
  if (status > 0 && status < 500) return retry.done()
  missing.add(link)
  retry.later(retryAfter)
})

// A page that was opened at a message stands at it, and lets it glow once.
const at = document.getElementById(`m${app?.getAttribute('data-at') ?? ''}`)
if (at) {
  const lead = () => at.scrollIntoView({ block: 'center' })
  at.classList.add('glow')
  lead()
  // Until then the browser goes by itself to what the address names.
  if (location.hash) addEventListener('load', () => requestAnimationFrame(lead), { once: true })
}

show()
