// @ts-check
import { hold, markerOf, see } from './reading.js'

// What somebody known has not read: beside each room, in the title and on the app's icon. It is counted
// on from what the list said, and set right by what the server tells of each room that is read.

const SHOWN_MAX = 99
/** What was read just now may not be stored yet when the next page is made. */
const FRESH_MS = 10_000
/** Whoever comes back after so long asks once for all of it; not all at the same moment. */
const AWAY_MS = 60_000
const SPREAD_MS = 3_000

const app = document.querySelector('.app')
const me = document.querySelector('[data-me]')?.getAttribute('data-me') ?? ''
const room = app?.getAttribute('data-room')
const title = document.title
const KEY = `natter:read:${me}`

/**
 * @typedef {{ unread: number, mentions: number, messages: number, last: number, level: string, link: Element }} Room
 * @typedef {{ room: string, last: number, messages?: number, mentions?: number, by?: string | null,
 *   n?: number, unread?: number, isOld?: boolean }} Told a `room.head`, or with `n` and `unread` a
 *   `room.read`; `isOld`: it may be older than the page
 */

/** The rooms of the list that are theirs, by address. @type {Map<string, Room>} */
const rooms = new Map()
let shown = -1
let hiddenAt = document.hidden ? 0 : Number.POSITIVE_INFINITY

const number = (/** @type {Element} */ link, /** @type {string} */ name) =>
  Number(link.getAttribute(`data-${name}`))

function readList() {
  const fresh = kept()
  for (const link of document.querySelectorAll('[data-unread]')) {
    const slug = link.getAttribute('href')?.slice('/r/'.length) ?? ''
    const [n = -1, at = 0] = fresh[slug] ?? []
    const isRead = n >= number(link, 'last') && Date.now() - at < FRESH_MS
    rooms.set(slug, {
      unread: isRead ? 0 : number(link, 'unread'),
      mentions: isRead ? 0 : number(link, 'mentions'),
      messages: number(link, 'messages'),
      last: number(link, 'last'),
      level: link.getAttribute('data-level') ?? 'everything',
      link,
    })
  }
}

/** @returns {Record<string, [n: number, at: number]>} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}')
  } catch {
    return {}
  }
}

/**
 * A room was read up to a number; null: it was set back.
 * @param {string} slug
 * @param {number | null} n
 */
function keep(slug, n) {
  const young = Object.entries(kept()).filter(
    ([one, [, at]]) => one !== slug && Date.now() - at < FRESH_MS,
  )
  if (n !== null) young.push([slug, [n, Date.now()]])
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(young)))
  } catch {
    // Storage may be full or forbidden: then the next page may show a moment too much.
  }
}

/** @param {Told} head */
export function told(head) {
  const known = rooms.get(head.room)
  if (head.isOld && isStale(head)) return
  if (head.n !== undefined) {
    if (head.room === room) markerOf(Number(head.n))
    // What is older than the page was counted anew as it was made.
    if (!known || Number(head.last) >= known.last) set(head.room, head)
  } else if (known && head.messages !== undefined && Number(head.last) > known.last) {
    const more = Math.max(0, Number(head.messages) - known.messages)
    known.last = Number(head.last)
    known.messages = Number(head.messages)
    // Who wrote the newest has read all of it.
    const isMine = head.by === me
    known.mentions = isMine || known.level === 'nothing' ? 0 : Number(head.mentions)
    if (known.level === 'mentions') known.unread = known.mentions
    else known.unread = isMine || known.level === 'nothing' ? 0 : known.unread + more
  }
  show()
}

/** Whether a page knows better than what was told before it came. @param {Told} reading */
function isStale({ room: slug, n, last, unread }) {
  if (n === undefined) return false
  if (slug === room) return Number(n) < Number(app?.getAttribute('data-read') ?? 0)
  const known = rooms.get(slug)
  return known?.last === Number(last) && Number(unread) > known.unread
}

/**
 * @param {string} slug
 * @param {{ unread?: number, mentions?: number, messages?: number, last: number, level?: string }} counts
 */
function set(slug, { unread, mentions, messages, last }) {
  const known = rooms.get(slug)
  const link =
    known?.link ?? document.querySelector(`.rooms a[href="/r/${slug}"], .card[href="/r/${slug}"]`)
  if (!link) return
  // What is counted by the server is not marked by the browser any more.
  link.setAttribute('data-unread', '')
  rooms.set(slug, {
    level: known?.level ?? 'everything',
    link,
    unread: Number(unread),
    mentions: Number(mentions),
    messages: Number(messages),
    last: Math.max(Number(last), known?.last ?? 0),
  })
}

function show() {
  let total = see()
  for (const [slug, { link, ...counts }] of rooms) {
    if (slug !== room) total += counts.unread
    badge(link, slug === room ? 0 : counts.unread, counts.mentions)
  }
  if (total === shown) return
  shown = total
  document.title = total > 0 ? `(${atMost(total)}) ${title}` : title
  if ('setAppBadge' in navigator) navigator.setAppBadge(total).catch(() => {})
}

const atMost = (/** @type {number} */ count) => (count > SHOWN_MAX ? `${SHOWN_MAX}+` : `${count}`)

/**
 * @param {Element} link
 * @param {number} unread
 * @param {number} mentions
 */
function badge(link, unread, mentions) {
  let mark = link.querySelector('.new')
  link.parentElement?.querySelector('.mark-read')?.toggleAttribute('hidden', unread === 0)
  if (unread === 0) return mark?.remove()
  const text = `${atMost(unread)} unread${mentions > 0 ? `, ${atMost(mentions)} name you` : ''}`
  if (mark?.textContent === text) return
  if (!mark) {
    mark = document.createElement('span')
    link.querySelector('.card-text, bdi')?.after(mark)
  }
  mark.className = mentions > 0 ? 'new named' : 'new'
  const words = Object.assign(document.createElement('span'), { className: 'visually-hidden' })
  const [count = '', ...more] = text.split(' ')
  words.textContent = ` ${more.join(' ')}`
  mark.replaceChildren(count, words)
}

/** Asks for all counts once: of what happened meanwhile not everything may have been told. */
async function refresh() {
  const answer = await fetch('/', { headers: { accept: 'application/json' } }).catch(() => null)
  if (!answer?.ok) return
  for (const { slug, read, ...counts } of (await answer.json()).rooms) {
    if (read !== null) set(slug, counts)
    if (slug === room && read !== null) markerOf(read)
  }
  show()
}

readList()
hold({ show, keep: (n) => room && keep(room, n) })
show()
document.addEventListener('visibilitychange', () => {
  const wasAway = !document.hidden && Date.now() - hiddenAt > AWAY_MS
  hiddenAt = document.hidden ? Date.now() : Number.POSITIVE_INFINITY
  if (wasAway) setTimeout(refresh, Math.random() * SPREAD_MS)
})
