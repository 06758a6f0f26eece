// @ts-check
import { say } from './state.js'

// Who types, in the calm line above the composer, and that I do.

/** That somebody types is said so often at the most, and believed for so long. */
const APART_MS = 20_000
const GONE_MS = 45_000

const app = document.querySelector('.app')
const room = app?.getAttribute('data-room')
const me = app?.getAttribute('data-me') ?? ''

/** @typedef {{ name: string, until: number, after: number }} Typist `after` is the newest message as they began */

/** @type {Map<string, Typist>} */
const typists = new Map()
let toldAt = Number.NEGATIVE_INFINITY
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

const messages = () => [...document.querySelectorAll('#messages > .message')]
const numberOf = (/** @type {Element | undefined} */ item) =>
  Number(item?.getAttribute('data-n') ?? 0)

/**
 * @param {{ type?: string, person?: { id: string, name: string } }} hint
 * @param {number} cameAfter what has just been said has a later number
 */
export function take({ type, person }, cameAfter) {
  if (type !== 'typing' || !person || person.id === me) return
  if (hasSpoken(person.id, cameAfter)) return
  const after = numberOf(messages().at(-1))
  typists.set(person.id, { name: person.name, until: Date.now() + GONE_MS, after })
  show()
}

/**
 * Who writes a word and sends it may be heard by way of two instances, the second first; and an answer
 * of a poll has both.
 * @param {string} id
 * @param {number} after
 */
const hasSpoken = (id, after) =>
  messages().some((item) => numberOf(item) > after && item.getAttribute('data-author') === id)

function show() {
  clearTimeout(timer)
  for (const [id, { until }] of typists) if (until <= Date.now()) typists.delete(id)
  const names = [...typists.values()].map(({ name }) => name)
  say('typing', textFor(names))
  const next = Math.min(...[...typists.values()].map(({ until }) => until))
  if (names.length > 0) timer = setTimeout(show, next - Date.now())
}

/** @param {string[]} names */
function textFor([first = '', second = '', ...others]) {
  if (first === '') return ''
  if (others.length > 0) return 'Several people are typing'
  return second === '' ? `${first} is typing` : `${first} and ${second} are typing`
}

/** Whoever has said something is done with it. */
function heed() {
  if (typists.size === 0) return
  for (const item of messages().slice(-typists.size * 4)) {
    const id = item.getAttribute('data-author') ?? ''
    const typist = typists.get(id)
    if (typist && numberOf(item) > typist.after) typists.delete(id)
  }
  show()
}

/** @param {Event} event */
function tell({ target }) {
  const { value } = /** @type {HTMLTextAreaElement} */ (target)
  const now = Date.now()
  if (typeof value !== 'string' || value.trim() === '' || now - toldAt < APART_MS) return
  toldAt = now
  void fetch(`/r/${room}/typing`, { method: 'PUT', headers: { accept: 'application/json' } }).catch(
    () => {},
  )
}

document.addEventListener('htmx:after:swap', heed)
const field = document.getElementById('body')
field?.addEventListener('input', tell)
// This comes with the first letter.
if (field && me && document.activeElement === field) tell(/** @type {any} */ ({ target: field }))
