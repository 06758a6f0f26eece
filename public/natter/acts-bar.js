// @ts-check
import { make } from './make.js'
import { sheet } from './sheet.js'

// A small bar that floats in at a message: a toolbar, and the groups of buttons that open from it.

/**
 * @typedef {{ label: (item: HTMLElement) => string, icon?: string, isFor: (item: HTMLElement) => boolean,
 *   do: (item: HTMLElement, button: HTMLElement) => void }} Act
 */

/** A bar without its look is in the way, and whether a menu has room is measured by it. */
export const styled = sheet({ href: '/acts.css' })

/** What may be done: by the bar's own buttons, and by the menu's. @type {{ bar: Act[], more: Act[] }} */
let acts = { bar: [], more: [] }
/** The message that the bar is at. @type {HTMLElement | null} */
let at = null
/** What was opened last. @type {HTMLElement | null} */
let opened = null

const element = make('div', { className: 'acts' })
element.setAttribute('role', 'toolbar')
element.setAttribute('aria-label', 'This message')
element.addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowRight') rove(1)
  if (key === 'ArrowLeft') rove(-1)
})
const place = make('div', { className: 'acts-place' })
place.append(element)

/** The acts that are seldom wanted. */
export const menu = group('acts-more', 'More')

/** @param {{ bar: Act[], more: Act[] }} all */
export function offer(all) {
  acts = all
}

/** The message that the bar is at. */
export const shownAt = () => at

export const isOpen = () => opened?.isConnected ?? false

/** @param {EventTarget | null} target */
export const isIn = (target) => target instanceof Node && element.contains(target)

/**
 * @param {string} className
 * @param {string} label
 */
export function group(className, label) {
  const box = make('div', { className })
  box.setAttribute('role', 'group')
  box.setAttribute('aria-label', label)
  return box
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
  const button = make('button', { type: 'button', title: act.label(item) })
  if (act.icon) {
    button.append(icon(act.icon))
    button.setAttribute('aria-label', act.label(item))
  } else button.textContent = act.label(item)
  button.addEventListener('click', () => {
    const now = at ?? item
    if (!act.icon) close()
    act.do(now, button)
  })
  return button
}

/** @param {HTMLElement} item */
export function show(item) {
  if (at === item && element.isConnected) return
  hide()
  if (item.dataset.deleted !== undefined) return
  at = item
  element.replaceChildren(
    ...acts.bar.filter((act) => act.isFor(item)).map((act) => buttonFor(act, item)),
  )
  fillMenu(item)
  rove(0)
  item.append(place)
}

/** @param {HTMLElement} item */
function fillMenu(item) {
  menu.replaceChildren(
    ...acts.more.filter((act) => act.isFor(item)).map((act) => buttonFor(act, item)),
  )
}

// A message that changes is another element: the bar goes on at that one, with what is open in it, and
// what had the focus there has it again (focus.js, which hears of a swap after this).
document.addEventListener('htmx:after:swap', () => {
  if (!at || at.isConnected) return
  const item = document.getElementById(at.id)
  if (!item || item.dataset.deleted !== undefined) return hide()
  at = item
  fillMenu(item)
  item.append(place)
})

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

export function hide() {
  at = null
  place.remove()
  opened?.remove()
}

/** The same when somebody is done with it: who was in it by keys goes on from its message. */
export function close() {
  const link = element.contains(document.activeElement) ? at?.querySelector('.at') : null
  hide()
  if (link instanceof HTMLElement) link.focus()
}

/**
 * Opens a group of buttons from one of the bar's, or closes it.
 * @param {HTMLElement} which
 * @param {HTMLElement} button
 */
export function toggle(which, button) {
  const isShown = which.isConnected
  opened?.remove()
  for (const one of element.querySelectorAll('[aria-expanded]'))
    one.removeAttribute('aria-expanded')
  if (isShown) return
  opened = which
  element.append(which)
  button.setAttribute('aria-expanded', 'true')
  // Where there is no room below it opens above.
  const bottom = place.closest('#scroller')?.getBoundingClientRect().bottom ?? 0
  which.classList.remove('above')
  which.classList.toggle('above', which.getBoundingClientRect().bottom > bottom)
  const first = which.querySelector('button')
  if (first instanceof HTMLElement) first.focus()
}
