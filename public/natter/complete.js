// @ts-check
import { pictureOf } from './custom-emoji.js'
import { emojiGroups, findEmoji } from './emoji-data.js'
import { insert, sheet } from './sheet.js'

// Completes what is typed behind a sign. Loaded when such a sign is first typed.
// The pattern is ARIA's: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/

/**
 * @typedef {object} Option
 * @property {string} value takes the place of the sign and what was typed behind it
 * @property {string} label
 * @property {string} [mark] a picture beside it: an emoji, initials
 * @property {string} [url] the address of one
 *
 * @typedef {object} Kind
 * @property {string} sign one character, at the beginning or behind a blank or a bracket
 * @property {number} least characters behind it before anything is offered
 * @property {(prefix: string) => Promise<Option[]>} source the likeliest first
 */

const SHOWN_MAX = 8
const PREFIX_MAX = 40

/** @type {Kind} */
export const emojiKind = {
  sign: ':',
  least: 2,
  async source(prefix) {
    const found = findEmoji(await emojiGroups(), prefix).filter(({ names }) => names.length > 0)
    return found.map(({ emoji, names, url }) => {
      const typed = names.find((name) => name.startsWith(prefix)) ?? names[0] ?? ''
      const picture = url ? { url } : { mark: emoji }
      return { value: `${emoji} `, label: `:${typed}:`, ...picture }
    })
  },
}

/** @type {Kind[]} */
const kinds = [emojiKind]

/**
 * Completes something more.
 * @param {Kind} kind of a sign that is not taken yet
 */
export function completes(kind) {
  kinds.push(kind)
}

/** @type {WeakSet<HTMLTextAreaElement>} */
const helped = new WeakSet()

/**
 * Helps with a field from now on, and with what is typed there already.
 * @param {HTMLTextAreaElement} field
 */
export function complete(field) {
  if (helped.has(field)) return
  helped.add(field)
  const list = createList()
  /** @type {Option[]} */
  let options = []
  let at = 0
  let from = 0
  /** Each look for options; an answer to an older one is of no use. */
  let look = 0

  async function offer() {
    const mine = ++look
    const typed = typedIn(field)
    if (!typed) return close()
    const found = await typed.kind.source(typed.prefix).catch(() => [])
    if (mine !== look) return
    options = found.slice(0, SHOWN_MAX)
    // What is there already as it would be completed is done: Enter sends it.
    const word = `${typed.kind.sign}${typed.prefix}`
    if (options.every(({ value }) => value.trim() === word)) return close()
    from = typed.from
    list.replaceChildren(...options.map(itemOf))
    choose(0)
    open(field, list)
  }

  /** @param {number} next */
  function choose(next) {
    at = (next + options.length) % options.length
    for (const [n, item] of [...list.children].entries()) {
      item.setAttribute('aria-selected', String(n === at))
    }
    field.setAttribute('aria-activedescendant', `completion-${at}`)
  }

  function close() {
    look++
    if (!list.isConnected) return
    list.remove()
    for (const name of comboboxAttributes) field.removeAttribute(name)
  }

  function take() {
    const { value } = options[at] ?? { value: '' }
    close()
    insert(field, value, from)
    // What was put there is not asked about again.
    close()
  }

  const keys = /** @type {Record<string, () => void>} */ ({
    ArrowDown: () => choose(at + 1),
    ArrowUp: () => choose(at - 1),
    Enter: take,
    Tab: take,
    Escape: close,
  })

  // Before the composer's own, which would send.
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const act = keys[event.key]
    if (!list.isConnected || event.isComposing || event.shiftKey || !act) return
    event.preventDefault()
    event.stopImmediatePropagation()
    act()
  }
  field.addEventListener('keydown', onKey, { capture: true })
  field.addEventListener('input', offer)
  field.addEventListener('click', offer)
  field.addEventListener('blur', close)
  // A click would take the focus, and with it the list.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', ({ target }) => {
    const item = target instanceof Element ? target.closest('li') : null
    if (!item) return
    choose([...list.children].indexOf(item))
    take()
  })
  void sheet({ href: '/composing.css' }).then(offer)
}

/**
 * What is being typed behind a sign, up to the caret.
 * @param {HTMLTextAreaElement} field
 */
function typedIn(field) {
  if (field.selectionStart !== field.selectionEnd) return null
  const before = field.value.slice(0, field.selectionStart)
  for (const kind of kinds) {
    const from = before.lastIndexOf(kind.sign)
    if (from < 0 || !/^$|[\s([{"'*_]/.test(before[from - 1] ?? '')) continue
    const prefix = before.slice(from + 1)
    if (prefix.length < kind.least || prefix.length > PREFIX_MAX || /\s/.test(prefix)) continue
    return { kind, from, prefix }
  }
  return null
}

function createList() {
  const list = document.createElement('ul')
  Object.assign(list, { id: 'completions', className: 'completions' })
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', 'Completions')
  return list
}

/**
 * @param {Option} option
 * @param {number} n
 */
function itemOf({ label, mark, url }, n) {
  const item = document.createElement('li')
  item.id = `completion-${n}`
  item.setAttribute('role', 'option')
  if (mark || url) {
    const picture = document.createElement('span')
    picture.append(url ? pictureOf({ name: label.slice(1, -1), url }) : (mark ?? ''))
    picture.setAttribute('aria-hidden', 'true')
    item.append(picture)
  }
  item.append(Object.assign(document.createElement('bdi'), { textContent: label }))
  return item
}

const comboboxAttributes = [
  'role',
  'aria-autocomplete',
  'aria-expanded',
  'aria-controls',
  'aria-activedescendant',
]

/**
 * Shows the list above the field, which is a combobox for as long.
 * @param {HTMLTextAreaElement} field
 * @param {HTMLElement} list
 */
function open(field, list) {
  field.setAttribute('role', 'combobox')
  field.setAttribute('aria-autocomplete', 'list')
  field.setAttribute('aria-expanded', 'true')
  field.setAttribute('aria-controls', list.id)
  if (!list.isConnected) (field.closest('form') ?? field).before(list)
}
