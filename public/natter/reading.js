// @ts-check

// How far somebody known has read the room that is open, told to the server as they read; and the line
// before what they had not read when they came.

/** What is in sight so long has been read; what follows is told together. */
const SOON_MS = 1_000
const APART_MS = 5_000
/** Messages that come this soon after their reader are what they had missed. */
const COMING_MS = 3_000
const LOOK_MS = 200

const app = document.querySelector('.app')
const room = app?.getAttribute('data-room')
const me = app?.getAttribute('data-me')
const scroller = document.getElementById('scroller')

/** What has this number or a lower one is read, as far as the server was told; -1 where it knows of nothing. */
let marker = Number(app?.getAttribute('data-read') ?? -1)
/** The same as the database was said to have it. It goes back on purpose alone, and comes after what was told. */
let stored = marker
/** The same as the page has seen it. */
let seen = marker
/** It was set back on purpose: what is in sight does not move it on until its reader comes again. */
let isHeldBack = false
let toldAt = Number.NEGATIVE_INFINITY
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer
/** Where what was unread began when its reader came; null where nothing was. @type {number | null} */
let line = null
/** @type {ReturnType<typeof setTimeout> | undefined} */
let coming
/** @type {{ show: () => void, keep: (n: number | null) => void }} */
let list = { show: () => {}, keep: () => {} }

const numberOf = (/** @type {Element} */ item) => Number(item.getAttribute('data-n'))
const messages = () =>
  /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll('#messages:not([data-thread]) > .message')
  )

const isOthers = (/** @type {HTMLElement} */ item) =>
  item.dataset.author !== me && item.dataset.deleted === undefined

/** @param {typeof list} told is told when something was read */
export function hold(told) {
  list = told
}

/** The server says how far one of their devices has read. @param {number} n */
export function markerOf(n) {
  if (n < stored) setBack(n)
  else marker = Math.max(marker, n)
  stored = n
  seen = Math.max(seen, n)
  mark()
}

/** It was set back on purpose, here or elsewhere. @param {number} n */
function setBack(n) {
  isHeldBack = true
  marker = seen = line = n
  list.keep(null)
  mark()
}

/** Looks at what is in sight. @returns how many messages of others on the page were not read */
export function see() {
  if (!room || !scroller) return 0
  const all = [...messages()]
  if (!document.hidden && !isHeldBack) {
    const { bottom } = scroller.getBoundingClientRect()
    // A message whose first line is in sight.
    const newest = all.findLast((item) => item.getBoundingClientRect().top + 24 < bottom)
    seen = Math.max(seen, newest ? numberOf(newest) : 0)
    if (seen > marker) timer ??= setTimeout(tell, Math.max(SOON_MS, toldAt + APART_MS - Date.now()))
  }
  if (seen < 0) return 0
  return all.filter((item) => numberOf(item) > seen && isOthers(item)).length
}

async function tell() {
  clearTimeout(timer)
  timer = undefined
  if (seen <= marker || isHeldBack) return
  const before = marker
  marker = seen
  toldAt = Date.now()
  list.keep(marker)
  const answer = await put({ n: `${marker}` })
  // The next look tells it again.
  if (!answer && marker > before) marker = before
}

/**
 * @param {Record<string, string>} fields
 * @returns whether it was taken
 */
const put = (fields) =>
  fetch(`/r/${room}/read`, {
    method: 'PUT',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(fields),
    keepalive: true,
  }).then(
    ({ ok }) => ok,
    () => false,
  )

/** Marks a message and all that follows as unread. @param {number} n */
export async function unreadFrom(n) {
  const isTaken = await put({ n: `${n - 1}`, unread: 'true' })
  if (isTaken) setBack(n - 1)
  list.show()
  return isTaken
}

/** Its reader comes: what they have not read begins where they were. */
function come() {
  isHeldBack = false
  line = marker < 0 ? null : marker
  const first = mark()
  clearTimeout(coming)
  coming = setTimeout(() => {
    if (!mark() && !isEarlier()) line = null
  }, COMING_MS)
  return first
}

/** Whether what was unread begins above the page. */
const isEarlier = () => {
  const [first] = messages()
  const isAbove = document.querySelector('#earlier a') !== null
  return line !== null && isAbove && first !== undefined && numberOf(first) > line
}

/** Shows the line, where it is on the page. */
function mark() {
  const after = line
  const first =
    after === null || isEarlier()
      ? undefined
      : [...messages()].find((item) => numberOf(item) > after && isOthers(item))
  for (const item of document.querySelectorAll('.unread-from')) {
    if (item !== first) item.classList.remove('unread-from')
  }
  first?.classList.add('unread-from')
  return first
}

/** @param {HTMLElement | undefined} first */
function lead(first) {
  if (!first || !scroller || app?.hasAttribute('data-at')) return
  if (first.getBoundingClientRect().top > scroller.getBoundingClientRect().top) return
  first.scrollIntoView({ block: 'start' })
}

if (room && scroller) {
  const sheet = Object.assign(document.createElement('link'), {
    rel: 'stylesheet',
    href: '/read.css',
  })
  document.head.append(sheet)
  lead(come())
  const look = () => list.show()
  let isLooking = false
  const lookSoon = () => {
    if (isLooking) return
    isLooking = true
    setTimeout(() => {
      isLooking = false
      look()
    }, LOOK_MS)
  }
  scroller.addEventListener('scroll', lookSoon, { passive: true })
  for (const type of ['htmx:after:swap', 'htmx:after:settle']) {
    document.addEventListener(type, () => {
      mark()
      look()
    })
  }
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) void tell()
    else come()
    look()
  })
  addEventListener('pagehide', () => void tell())
  // A form that marks something as unread leads away, and nothing is read on the way.
  document.addEventListener('submit', ({ target }) => {
    const form = /** @type {HTMLFormElement} */ (target)
    if (form.getAttribute('action') === `/r/${room}/read`) isHeldBack = true
  })
}
