// @ts-check
import { close, hide, isIn, isOpen, show } from './acts-bar.js'

// Who points at a message, tabs to it, taps it or holds it has its bar.

/** Held so long, a message on a touch screen shows its bar. */
const LONG_PRESS_MS = 450
/** What does something of its own when it is touched. */
const OWN = 'a, button, audio, video'

const messageOf = (/** @type {EventTarget | null} */ target) =>
  target instanceof Element
    ? /** @type {HTMLElement | null} */ (target.closest('#messages > .message'))
    : null

/** The last pointer that came down was a finger: not every browser says of a click what made it. */
let isTouched = false

/** @param {HTMLElement} scroller where the messages are */
export function showByPointing(scroller) {
  byMouse(scroller)
  byKeys(scroller)
  byFinger(scroller)
  document.addEventListener('pointerdown', ({ pointerType, target }) => {
    isTouched = pointerType === 'touch'
    if (!(target instanceof Node) || isIn(target)) return
    // Where a finger comes down in the talk it may scroll: a tap ends with a click.
    if (!isTouched || !scroller.contains(target)) hide()
  })
  // A finger leaves its hover on what it tapped.
  const tappedOwn = `:has(:is(${OWN}):hover)`
  const but = matchMedia('(hover: none)').matches ? `:not(${tappedOwn})` : ''
  const first = scroller.querySelector(`.message:hover${but}, .message:has(:focus-visible)`)
  if (first instanceof HTMLElement) show(first)
  // The finger that brought this by coming down may still be where it is (marks.js).
  const pressed = document.getElementById(scroller.dataset.pressed ?? '')
  const isPressed = () => scroller.dataset.pressed === pressed?.id
  if (pressed) setTimeout(() => isPressed() && show(pressed), LONG_PRESS_MS)
}

/** @param {HTMLElement} scroller */
function byMouse(scroller) {
  // A finger that is lifted has left what it touched, and points at nothing before.
  scroller.addEventListener('pointerover', ({ pointerType, target }) => {
    const item = pointerType === 'touch' ? null : messageOf(target)
    // An open menu stays where it is until somebody is done with it.
    if (item && !isOpen()) show(item)
  })
  scroller.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch' && !isOpen()) hide()
  })
}

/** @param {HTMLElement} scroller */
function byKeys(scroller) {
  scroller.addEventListener('focusin', ({ target }) => {
    const item = messageOf(target)
    // What a finger gives the focus to is not gone to by keys.
    if (item && target instanceof Element && target.matches(':focus-visible')) show(item)
  })
  document.addEventListener('keydown', (event) => {
    // Of a dialog above it, or of the composer, it is none of this.
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close()
  })
}

/** @param {HTMLElement} scroller */
function byFinger(scroller) {
  scroller.addEventListener('click', (event) => {
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
}

/** Who taps a message wants its bar; it goes when they tap elsewhere. @param {MouseEvent} event */
function tapped({ target }) {
  if (!(target instanceof Element) || isIn(target)) return
  const item = messageOf(target)
  if (!item) hide()
  else if (!target.closest(OWN)) show(item)
}
