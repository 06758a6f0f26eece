// @ts-check
import { createRetry } from './retry.js'
import { say } from './state.js'
import { moved } from './unread.js'
import { connect } from './way.js'

// The talk goes on by itself: what the one connection of all tabs brings is put into the page.

/** A page that is loaded again because its cursor is none any more does so at most so often. */
const RELOAD_AFTER_MS = 30_000
const CATCH_UP_MS = 10_000
/** That somebody types may come so long after what they typed, where it came by another instance. */
const RACE_MS = 2_000

const app = document.querySelector('.app')
const talk = () => document.getElementById('talk')
// A page of the past does not go on.
let room = roomThatGoesOn()
const me = document.querySelector('[data-me]')?.getAttribute('data-me') ?? ''
/** What somebody known has not read; a visitor has nothing of the kind. */
const reads = me ? import('./read.js') : undefined

const cursorIn = (/** @type {string | null | undefined} */ text) =>
  /after=([\w.-]+)/.exec(text ?? '')?.[1] ?? ''
const cursorOfTalk = () => cursorIn(talk()?.getAttribute('data-live'))
/** The room's number that a cursor stands at. */
const numberOf = (/** @type {string | null | undefined} */ at) =>
  Number.parseInt(at?.split('.')[1] ?? '0', 10)

let cursor = cursorOfTalk()
/** Where the rooms beside stood when the page was made: what moves while it comes is told as well. */
let since = app?.getAttribute('data-since') ?? ''
const begins = document.querySelector('[data-after]')?.getAttribute('data-after') ?? ''

function roomThatGoesOn() {
  return document.getElementById('poller') ? (app?.getAttribute('data-room') ?? null) : null
}
let isCatchingUp = false
let isMore = false
/** When something last came to the talk, and past which number all that came shortly before it is. */
let swappedAt = Number.NEGATIVE_INFINITY
let cameAfter = 0
const retry = createRetry(catchUp)
let stand = () => {}

/** @param {any} said by the connection, see tabs.js */
function hear({ state, batch, head, hint, begun, room: open, after }) {
  if (hint && open === room) takeHint(hint)
  if (batch) takeBatch(batch)
  if (head) takeHead(head)
  if (state) takeState(state, open)
  // What was said of this room before the tab came to listen, or while nothing got through.
  const isBehind = open === room && numberOf(after) > numberOf(cursor)
  if (isBehind || (begun !== undefined && begun !== room)) void catchUp()
}

/** @param {import('./connection.js').Batch} batch */
function takeBatch({ room: open, html, from, to, isReset }) {
  if (html.includes('<template')) takeTold(html, open === room)
  if (!room || open !== room) return
  const isGap = !isReset && numberOf(from) > numberOf(cursor)
  if (isCatchingUp || isGap) return void catchUp()
  swap(html, isReset)
  // The numbers may be those of another database.
  if (isReset) since = ''
  reach((isReset && cursorOfTalk()) || to)
}

/**
 * A long poll has the other rooms in its fragment, and what is in no log.
 * @param {string} html
 * @param {boolean} isOurs whether it is of the room of this page
 */
function takeTold(html, isOurs) {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  for (const { dataset } of parsed.querySelectorAll('template')) {
    const { hint, room: other = '', last, ...more } = dataset
    if (hint) isOurs && takeHint(JSON.parse(hint))
    else if (last) takeHead({ room: other, last: Number(last), ...more })
  }
}

/** @param {any} hint what is in no log: who types */
async function takeHint(hint) {
  const heardAt = performance.now()
  const { take } = await import('./typing.js')
  take(hint, swappedAt > heardAt - RACE_MS ? cameAfter : Number.POSITIVE_INFINITY)
}

/** @param {import('./connection.js').Head} head */
function takeHead(head) {
  const { room: other, last } = head
  void reads?.then(({ told }) => told(/** @type {any} */ (head)))
  if (other !== room) moved(other, last, false)
  else if (last > numberOf(cursor)) void catchUp()
}

/**
 * @param {import('./connection.js').State} state
 * @param {string | null} open the room that was asked for
 */
function takeState({ isUp, tries, status }, open) {
  const isShut = status === 401 || status === 404
  const isNoCursor = status === 400 || status === 422
  if ((isShut || isNoCursor) && open !== room) return
  app?.classList.toggle('live', isUp)
  if (isUp) say('away', '')
  else if (isShut) say('away', 'This room is not open to you any more.')
  else if (isNoCursor && performance.now() > RELOAD_AFTER_MS) location.reload()
  // One failure may be a server that is being replaced: the next try finds the other.
  else if (tries > 1 || !navigator.onLine) sayAway()
}

function sayAway() {
  const text = navigator.onLine
    ? "The server can't be reached just now. Trying again."
    : "You're offline. What you write is kept and sent when you're back."
  say('away', text)
}

/** Asks for what is missing, once for all who want it meanwhile. */
async function catchUp() {
  isMore = isCatchingUp
  if (isCatchingUp || !room) return
  isCatchingUp = true
  const { status, html, next, isReset } = await changes().catch(() => nothing)
  isCatchingUp = false
  if (status >= 400 && status < 429) return takeState({ isUp: false, tries: 0, status }, room)
  if (!next) return retry.later()
  retry.done()
  swap(html, isReset)
  reach(next)
  stand()
  if (isMore) void catchUp()
}

const nothing = { status: 0, html: '', next: '', isReset: false }

async function changes() {
  const answer = await fetch(`/r/${room}/messages?after=${cursor}`, {
    headers: { 'HX-Request': 'true', accept: 'text/html' },
    signal: AbortSignal.timeout(CATCH_UP_MS),
  })
  const { status, headers } = answer
  const isReset = headers.get('hx-retarget') === '#talk'
  return { status, html: await answer.text(), next: cursorIn(headers.get('link')), isReset }
}

/**
 * @param {string} text a fragment
 * @param {boolean} isReset it takes the place of the talk
 */
function swap(text, isReset) {
  const element = talk()
  if (!element) return
  // The newest page of the room is none of its thread's.
  if (isReset && element.querySelector('#messages[data-thread]')) return location.reload()
  if (performance.now() - swappedAt > RACE_MS) cameAfter = numberOf(cursor)
  swappedAt = performance.now()
  const swap = isReset ? 'outerHTML' : 'none'
  void window.htmx.swap({ text, swap, target: element, sourceElement: element })
}

/** @param {string} to */
function reach(to) {
  cursor = to
  see()
}

function see() {
  if (room) moved(room, numberOf(cursor), !document.hidden)
}

if (room || document.querySelector('.rooms, .cards')) {
  // htmx's own poller is for a page where this has not come.
  document.addEventListener('htmx:config:request', (event) => {
    if (event.target instanceof Element && event.target.id === 'poller') event.preventDefault()
  })
  see()
  // What the connection tells stands for both already.
  const after = () => {
    if (!cursor) return begins
    return since && !cursor.includes('_') ? `${cursor}_${since}` : cursor
  }
  stand = connect(() => ({ room, after: after(), me }), hear)
  document.addEventListener('visibilitychange', see)
  addEventListener('offline', sayAway)
  // A page of the past that was read on to the present goes on from there.
  document.addEventListener('htmx:after:swap', () => {
    if (room || !roomThatGoesOn()) return
    room = roomThatGoesOn()
    stand()
    void catchUp()
  })
  const composer = document.getElementById('composer')
  composer?.addEventListener('input', () => void import('./typing.js'), { once: true })
}
