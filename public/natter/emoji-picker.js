// @ts-check

import { pictureOf } from './custom-emoji.js'
import {
  emojiGroups,
  findEmoji,
  keepRecent,
  keepSkinTone,
  recentEmoji,
  skinTone,
  skinTones,
  toned,
} from './emoji-data.js'
import { make } from './make.js'
import { insert, sheet } from './sheet.js'

// Loaded when an emoji is first picked.

/** Emoji of a search that are shown at once. */
const FOUND_MAX = 200

/**
 * Lets a person pick an emoji.
 * @param {HTMLElement} anchor what it opens beside, and what has the focus afterwards
 * @returns {Promise<string | null>} null when nothing was picked
 */
export async function pickEmoji(anchor) {
  const [groups] = await Promise.all([emojiGroups(), sheet({ href: '/composing.css' })])
  const { dialog, search, tone, list, none } = createPicker()
  /** @type {string | null} */
  let picked = null
  const show = () => {
    const typed = search.value.trim()
    const shown = groups.map((group) => inTone(group, tone.value))
    list.replaceChildren(...(typed ? found(shown, typed) : all(shown, tone.value)))
    none.hidden = list.querySelector('[role=option]') !== null
    choose(search, list, 0)
  }
  const take = (/** @type {Element | null | undefined} */ option) => {
    picked = option?.getAttribute('data-pick') ?? null
    if (picked) keepRecent(picked)
    dialog.close()
  }
  search.addEventListener('input', show)
  tone.addEventListener('change', () => {
    keepSkinTone(tone.value)
    show()
  })
  search.addEventListener('keydown', (event) => {
    if (event.isComposing) return
    if (event.key === 'Enter') take(chosen(list))
    else if (!move(event.key, search, list)) return
    event.preventDefault()
  })
  list.addEventListener('click', ({ target }) => {
    const option = target instanceof Element ? target.closest('[role=option]') : null
    if (option) take(option)
  })
  // What is around a dialog is the dialog itself.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close()
  })
  document.body.append(dialog)
  show()
  dialog.showModal()
  place(dialog, anchor)
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }))
  dialog.remove()
  anchor.focus()
  return picked
}

/**
 * Lets a person pick an emoji for what they write, by the button beside it.
 * @param {HTMLTextAreaElement} field
 */
export async function pickInto(field) {
  const button = document.getElementById('emoji') ?? field
  const picked = await pickEmoji(button).catch(() => null)
  if (picked) insert(field, picked)
}

function createPicker() {
  const dialog = make('dialog', { className: 'picker' })
  dialog.setAttribute('aria-label', 'Emoji')
  const search = make('input', {
    type: 'search',
    placeholder: 'Find an emoji',
    autocomplete: 'off',
  })
  const list = make('div', { className: 'emoji-list', id: 'emoji-list' })
  const none = make('p', { className: 'hint', textContent: 'No emoji is called that.' })
  none.setAttribute('role', 'status')
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', 'Emoji')
  const states = {
    'aria-label': 'Find an emoji',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'true',
    'aria-controls': 'emoji-list',
  }
  for (const [name, value] of Object.entries(states)) search.setAttribute(name, value)
  const tone = createTones()
  const head = make('div', { className: 'picker-head' })
  head.append(search, tone)
  dialog.append(head, list, none)
  return { dialog, search, tone, list, none }
}

const TONES = ['No', 'Light', 'Medium-light', 'Medium', 'Medium-dark', 'Dark']

/** Which skin tone people have. */
function createTones() {
  const select = make('select', { title: 'Skin tone' })
  select.setAttribute('aria-label', 'Skin tone')
  for (const [at, tone] of skinTones.entries()) {
    const option = make('option', { value: tone, textContent: toned('✋', tone) })
    option.setAttribute('aria-label', `${TONES[at]} skin tone`)
    select.append(option)
  }
  select.value = skinTone()
  return select
}

/**
 * @param {import('./emoji-data.js').Group} group
 * @param {string} tone
 */
const inTone = ({ name, emoji }, tone) => ({
  name,
  emoji: emoji.map((one) => ({ ...one, emoji: toned(one.emoji, tone) })),
})

/** @typedef {import('./emoji-data.js').Emoji} Emoji */

let count = 0

/** @param {Emoji} one */
function optionOf({ emoji, label, names, url }) {
  const title = names[0] ? `${label}  :${names[0]}:` : label
  const option = make('span', { title, id: `emoji-${count++}` })
  option.dataset.pick = emoji
  option.append(url && names[0] ? pictureOf({ name: names[0], url }) : emoji)
  option.setAttribute('role', 'option')
  option.setAttribute('aria-selected', 'false')
  option.setAttribute('aria-label', label)
  return option
}

/**
 * @param {string} name
 * @param {Emoji[]} emoji
 */
function groupOf(name, emoji) {
  const group = make('div', { className: 'emoji-group' })
  group.setAttribute('role', 'group')
  group.setAttribute('aria-label', name)
  const title = make('p', { textContent: name, className: 'hint' })
  title.setAttribute('role', 'presentation')
  group.append(title, ...emoji.map(optionOf))
  return group
}

/**
 * @param {import('./emoji-data.js').Group[]} groups
 * @param {string} tone
 */
function all(groups, tone) {
  const known = new Map(groups.flatMap(({ emoji }) => emoji).map((one) => [one.emoji, one]))
  const recent = recentEmoji().flatMap((emoji) => known.get(toned(emoji, tone)) ?? [])
  const shown = groups.map(({ name, emoji }) => groupOf(name, emoji))
  return recent.length > 0 ? [groupOf('Used last', recent), ...shown] : shown
}

/**
 * @param {import('./emoji-data.js').Group[]} groups
 * @param {string} typed
 */
function found(groups, typed) {
  const emoji = findEmoji(groups, typed).slice(0, FOUND_MAX)
  return emoji.length > 0 ? [groupOf('Found', emoji)] : []
}

/** @param {Element} list */
const optionsOf = (list) =>
  /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role=option]')])

/** @param {Element} list */
const chosen = (list) => list.querySelector('[aria-selected=true]')

/**
 * @param {HTMLElement} search
 * @param {HTMLElement} list
 * @param {number} at
 */
function choose(search, list, at) {
  chosen(list)?.setAttribute('aria-selected', 'false')
  const option = optionsOf(list)[at]
  option?.setAttribute('aria-selected', 'true')
  option?.scrollIntoView({ block: 'nearest' })
  search.setAttribute('aria-activedescendant', option?.id ?? '')
}

/**
 * Follows the arrow keys; up and down go to what is nearest in the next row.
 * @param {string} key
 * @param {HTMLElement} search
 * @param {HTMLElement} list
 * @returns {boolean} whether the key meant that
 */
function move(key, search, list) {
  const options = optionsOf(list)
  const at = options.findIndex((one) => one.getAttribute('aria-selected') === 'true')
  const here = options[at]
  if (!here) return false
  /** @param {1 | -1} way */
  const rowAt = (way) => {
    const behind = (/** @type {HTMLElement} */ one) => (one.offsetTop - here.offsetTop) * way > 0
    const rows = options.filter(behind)
    const top = way > 0 ? rows[0]?.offsetTop : rows.at(-1)?.offsetTop
    const row = rows.filter((one) => one.offsetTop === top)
    const far = (/** @type {HTMLElement} */ one) => Math.abs(one.offsetLeft - here.offsetLeft)
    return row.length > 0 ? options.indexOf(row.reduce((a, b) => (far(b) < far(a) ? b : a))) : at
  }
  const to = {
    ArrowRight: () => at + 1,
    ArrowLeft: () => at - 1,
    ArrowDown: () => rowAt(1),
    ArrowUp: () => rowAt(-1),
  }
  const next = /** @type {Record<string, (() => number) | undefined>} */ (to)[key]?.()
  if (next === undefined) return false
  choose(search, list, Math.max(0, Math.min(options.length - 1, next)))
  return true
}

const GAP_PX = 8

/**
 * Above what it belongs to where there is room, else below; a phone has it at its lower edge.
 * @param {HTMLElement} dialog
 * @param {HTMLElement} anchor
 */
function place(dialog, anchor) {
  if (matchMedia('(max-width: 480px)').matches) return
  const { top, bottom, right } = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = dialog
  const above = top - height - GAP_PX
  const left = Math.min(Math.max(GAP_PX, right - width), innerWidth - width - GAP_PX)
  dialog.style.left = `${left}px`
  dialog.style.top = `${above > 0 ? above : Math.min(bottom + GAP_PX, innerHeight - height - GAP_PX)}px`
}
