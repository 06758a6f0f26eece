// @ts-check
import { change, itemOf, pathOf } from './ask.js'
import './focus.js'
import { outcome } from './retry.js'
import { tell } from './told.js'

// What may be done about a message: a small bar that floats in where somebody points or tabs to.

/** Held so long, a message on a touch screen shows its bar. */
const LONG_PRESS_MS = 450
const GLOW_MS = 1_500
const QUICK = ['👍', '❤️', '😂', '🎉', '🙏', '👀', '✅']

const app = document.querySelector('.app')
const me = app?.getAttribute('data-me') ?? ''
const moderates = ['moderator', 'owner'].includes(app?.getAttribute('data-role') ?? '')
const scroller = document.getElementById('scroller')
const writes = document.getElementById('composer') !== null

const sheet = Object.assign(document.createElement('link'), {
  rel: 'stylesheet',
  href: '/acts.css',
})
// A bar without its look is in the way, and whether a menu has room is measured by it.
const styled = new Promise((resolve) => {
  sheet.onload = sheet.onerror = resolve
})
document.head.append(sheet)

/** The message that the bar is at. @type {HTMLElement | null} */
let at = null

const isMine = (/** @type {HTMLElement} */ item) => item.dataset.author === me
const number = (/** @type {HTMLElement} */ item) => item.dataset.n ?? ''

/**
 * @typedef {{ label: (item: HTMLElement) => string, icon?: string, isFor: (item: HTMLElement) => boolean,
 *   do: (item: HTMLElement, button: HTMLElement) => void }} Act
 */

/** @type {Act[]} */
const bar = [
  {
    label: () => 'React',
    icon: 'smile-plus',
    isFor: () => writes,
    do: (_, button) => toggle(emoji, button),
  },
  {
    label: () => 'Answer',
    icon: 'reply',
    isFor: () => writes,
    do: (item) => composer('answer', item),
  },
  {
    label: () => 'Edit',
    icon: 'pencil',
    isFor: (item) => writes && isMine(item),
    do: (item) => composer('edit', item),
  },
  {
    label: () => 'More',
    icon: 'ellipsis',
    isFor: () => true,
    do: (_, button) => toggle(menu, button),
  },
]

const isPinned = (/** @type {HTMLElement} */ item) => item.dataset.pinned !== undefined

/** @type {Act[]} */
const more = [
  {
    label: () => 'Thread',
    isFor: () => true,
    do: (item) => location.assign(`${pathOf(number(item))}/thread`),
  },
  {
    label: (item) => (isPinned(item) ? 'Unpin' : 'Pin'),
    isFor: () => writes,
    do: (item) => change(number(item), isPinned(item) ? 'DELETE' : 'PUT', { below: '/pin' }),
  },
  { label: () => 'Save for me', isFor: () => me !== '', do: save },
  { label: () => 'Mark as unread from here', isFor: () => me !== '', do: unread },
  { label: () => 'Copy link', isFor: () => 'clipboard' in navigator, do: copy },
  {
    label: () => 'What it said before',
    isFor: (item) => item.dataset.edited !== undefined && (isMine(item) || moderates),
    do: (item) => location.assign(`${pathOf(number(item))}/edits`),
  },
  { label: () => 'Delete', isFor: (item) => isMine(item) || moderates, do: remove },
  {
    label: () => 'All about it',
    isFor: () => true,
    do: (item) => location.assign(`${pathOf(number(item))}#m${number(item)}`),
  },
]

/** @param {HTMLElement} item */
async function save(item) {
  const n = number(item)
  const { status } = await change(n, 'PUT', { below: '/saved' })
  if (status !== 200) return
  const letGo = () => void change(n, 'DELETE', { below: '/saved' })
  tell('Saved. It is on your page “Saved”.', { label: 'Undo', do: letGo, n })
}

/** @param {HTMLElement} item */
async function unread(item) {
  const { unreadFrom } = await import('./reading.js')
  if (await unreadFrom(Number(number(item)))) tell('Marked as unread from there.')
}

/** @param {HTMLElement} item */
async function copy(item) {
  const url = new URL(`${pathOf(number(item))}#m${number(item)}`, location.href)
  await navigator.clipboard.writeText(url.href)
  tell('Link copied.')
}

/** @param {HTMLElement} item */
async function remove(item) {
  const n = number(item)
  const { status } = await change(n, 'DELETE')
  if (status !== 200) return
  const restore = () => void change(n, 'PATCH', { json: { deleted: 'false' } })
  const isFree = document.activeElement === document.body
  const undo = tell('Deleted.', { label: 'Undo', do: restore, n })
  // Who writes or has gone elsewhere meanwhile stays there.
  if (isFree || itemOf(n)?.contains(document.activeElement)) undo?.focus()
}

/**
 * @param {'answer' | 'edit'} mode
 * @param {HTMLElement} item
 */
async function composer(mode, item) {
  close()
  const modes = await import('./answering.js')
  await modes[mode](item)
}

const emoji = document.createElement('div')
emoji.className = 'acts-more acts-emoji'
emoji.setAttribute('role', 'group')
emoji.setAttribute('aria-label', 'Reactions')
for (const one of QUICK) {
  const button = made('button', { type: 'button', textContent: one })
  button.addEventListener('click', () => react(one))
  emoji.append(button)
}

const others = made('button', { type: 'button', textContent: '…', title: 'Other emoji' })
others.setAttribute('aria-label', 'Other emoji')
others.addEventListener('click', async () => {
  const item = at
  const { pickEmoji } = await import('./emoji-picker.js')
  const one = await pickEmoji(others)
  close()
  if (one && item) await change(number(item), 'POST', { below: '/reactions', json: { emoji: one } })
})
emoji.append(others)

/** @param {string} one */
function react(one) {
  const item = at
  close()
  if (item) void change(number(item), 'POST', { below: '/reactions', json: { emoji: one } })
}

const menu = document.createElement('div')
menu.className = 'acts-more'
menu.setAttribute('role', 'group')
menu.setAttribute('aria-label', 'More')

const element = document.createElement('div')
element.className = 'acts'
element.setAttribute('role', 'toolbar')
element.setAttribute('aria-label', 'This message')
const place = made('div', { className: 'acts-place' })
place.append(element)

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {object} properties
 */
function made(name, properties) {
  return Object.assign(document.createElement(name), properties)
}

const SVG = 'http://www.w3.org/2000/svg'

/** @param {string} name of the sprite's symbol */
function icon(name) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', 'icon')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', `/vendor/acts.svg#${name}`)
  svg.append(use)
  return svg
}

/**
 * @param {Act} act
 * @param {HTMLElement} item
 */
function buttonFor(act, item) {
  const button = made('button', { type: 'button', title: act.label(item) })
  if (act.icon) {
    button.append(icon(act.icon))
    button.setAttribute('aria-label', act.label(item))
  } else button.textContent = act.label(item)
  button.addEventListener('click', () => {
    if (!act.icon) close()
    act.do(item, button)
  })
  return button
}

/** @param {HTMLElement} item */
function show(item) {
  if (at === item && element.isConnected) return
  hide()
  if (item.dataset.deleted !== undefined) return
  at = item
  element.replaceChildren(
    ...bar.filter((act) => act.isFor(item)).map((act) => buttonFor(act, item)),
  )
  menu.replaceChildren(...more.filter((act) => act.isFor(item)).map((act) => buttonFor(act, item)))
  rove(0)
  item.append(place)
}

/**
 * A toolbar is one stop of the Tab key, and goes on by the arrows:
 * https://www.w3.org/WAI/ARIA/apg/patterns/toolbar/
 * @param {number} step to the next button or the one before; 0 for the first
 */
function rove(step) {
  const buttons = [...element.children].filter((one) => one instanceof HTMLButtonElement)
  const from = step === 0 ? 0 : buttons.indexOf(/** @type {any} */ (document.activeElement))
  if (from < 0) return
  const to = (from + step + buttons.length) % buttons.length
  for (const [n, one] of buttons.entries()) one.tabIndex = n === to ? 0 : -1
  if (step !== 0) buttons[to]?.focus()
}

function hide() {
  at = null
  for (const one of [place, menu, emoji]) one.remove()
}

/** The same when somebody is done with it: who was in it by keys goes on from its message. */
function close() {
  const link = element.contains(document.activeElement) ? at?.querySelector('.at') : null
  hide()
  if (link instanceof HTMLElement) link.focus()
}

/**
 * @param {HTMLElement} which
 * @param {HTMLElement} button
 */
function toggle(which, button) {
  const isShown = which.isConnected
  menu.remove()
  emoji.remove()
  for (const one of element.querySelectorAll('[aria-expanded]'))
    one.removeAttribute('aria-expanded')
  if (isShown) return
  element.append(which)
  button.setAttribute('aria-expanded', 'true')
  // Where there is no room below it opens above.
  const box = scroller?.getBoundingClientRect()
  which.classList.remove('above')
  which.classList.toggle('above', which.getBoundingClientRect().bottom > (box?.bottom ?? 0))
  const first = which.querySelector('button')
  if (first instanceof HTMLElement) first.focus()
}

const messageOf = (/** @type {EventTarget | null} */ target) =>
  target instanceof Element
    ? /** @type {HTMLElement | null} */ (target.closest('#messages > .message'))
    : null

/** What does something of its own when it is touched. */
const OWN = 'a, button, audio, video'

/** Who taps a message wants its bar; it goes when they tap elsewhere. @param {MouseEvent} event */
function tapped({ target }) {
  if (!(target instanceof Element) || element.contains(target)) return
  const item = messageOf(target)
  if (!item) hide()
  else if (!target.closest(OWN)) show(item)
}

/** What is quoted glows where it is on the page. @param {MouseEvent} event */
function jump(event) {
  const link = event.target instanceof Element ? event.target.closest('.answers a') : null
  const item = link && document.getElementById(link.getAttribute('href')?.split('#')[1] ?? '')
  if (!item) return
  event.preventDefault()
  item.scrollIntoView({ block: 'center' })
  item.classList.add('glow')
  setTimeout(() => item.classList.remove('glow'), GLOW_MS)
}

/** Edits the last message of one's own. */
export function editLast() {
  const mine = document.querySelectorAll('#messages > .message.mine:not([data-deleted])')
  const last = mine[mine.length - 1]
  if (last instanceof HTMLElement) void composer('edit', last)
}

await styled
if (scroller) {
  const isOpen = () => menu.isConnected || emoji.isConnected
  // A finger that is lifted has left what it touched, and points at nothing before.
  scroller.addEventListener('pointerover', ({ pointerType, target }) => {
    const item = pointerType === 'touch' ? null : messageOf(target)
    // An open menu stays where it is until somebody is done with it.
    if (item && !isOpen()) show(item)
  })
  scroller.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch' && !isOpen()) hide()
  })
  scroller.addEventListener('focusin', ({ target }) => {
    const item = messageOf(target)
    // What a finger gives the focus to is not gone to by keys.
    if (item && target instanceof Element && target.matches(':focus-visible')) show(item)
  })
  scroller.addEventListener('click', jump)
  let isTouched = false
  scroller.addEventListener('click', (event) => {
    // Not every browser says of a click what made it.
    if (isTouched) tapped(event)
  })
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let press
  scroller.addEventListener(
    'touchstart',
    (event) => {
      const item = messageOf(event.target)
      press = setTimeout(() => item && show(item), LONG_PRESS_MS)
    },
    { passive: true },
  )
  for (const type of ['touchend', 'touchmove', 'touchcancel']) {
    scroller.addEventListener(type, () => clearTimeout(press), { passive: true })
  }
  element.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowRight') rove(1)
    if (key === 'ArrowLeft') rove(-1)
  })
  document.addEventListener('pointerdown', ({ pointerType, target }) => {
    isTouched = pointerType === 'touch'
    if (!(target instanceof Node) || element.contains(target)) return
    // Where a finger comes down in the talk it may scroll: a tap ends with a click.
    if (!isTouched || !scroller.contains(target)) hide()
  })
  document.addEventListener('keydown', (event) => {
    // Of a dialog above it, or of the composer, it is none of this.
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close()
  })
  // A reaction that is there is a form, which htmx sends.
  document.addEventListener('htmx:finally:request', (event) => {
    const { sourceElement } = /** @type {CustomEvent} */ (event).detail.ctx
    const { status } = outcome(event)
    if (sourceElement?.closest('.reactions') && (status === 0 || status >= 500))
      tell("The server can't be reached just now. Try again.")
  })
  // Who chooses to answer writes at once, and what they write is the answer.
  if (document.getElementById('composer')) import('./answering.js').catch(() => {})
  // A finger leaves its hover on what it tapped.
  const tappedOwn = `:has(:is(${OWN}):hover)`
  const but = matchMedia('(hover: none)').matches ? `:not(${tappedOwn})` : ''
  const first = scroller.querySelector(`.message:hover${but}, .message:has(:focus-visible)`)
  if (first instanceof HTMLElement) show(first)
}
