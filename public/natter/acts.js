// @ts-check
import * as acts from './acts-bar.js'
import { change, itemOf, pathOf } from './ask.js'
import './focus.js'
import { make } from './make.js'
import { showByPointing } from './pointing.js'
import { outcome } from './retry.js'
import { tell } from './told.js'

// What may be done about a message.

const GLOW_MS = 1_500
const QUICK = ['👍', '❤️', '😂', '🎉', '🙏', '👀', '✅']

const app = document.querySelector('.app')
const me = app?.getAttribute('data-me') ?? ''
const moderates = ['moderator', 'owner'].includes(app?.getAttribute('data-role') ?? '')
const scroller = document.getElementById('scroller')
const writes = document.getElementById('composer') !== null

const isMine = (/** @type {HTMLElement} */ item) => item.dataset.author === me
const number = (/** @type {HTMLElement} */ item) => item.dataset.n ?? ''

/** @type {acts.Act[]} */
const bar = [
  {
    label: () => 'React',
    icon: 'smile-plus',
    isFor: () => writes,
    do: (_, button) => acts.toggle(emoji, button),
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
    do: (_, button) => acts.toggle(acts.menu, button),
  },
]

const isPinned = (/** @type {HTMLElement} */ item) => item.dataset.pinned !== undefined

/** @type {acts.Act[]} */
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
  acts.close()
  const modes = await import('./answering.js')
  await modes[mode](item)
}

const emoji = acts.group('acts-more acts-emoji', 'Reactions')
for (const one of QUICK) {
  const button = make('button', { type: 'button', textContent: one })
  button.addEventListener('click', () => react(one))
  emoji.append(button)
}

const others = make('button', { type: 'button', textContent: '…', title: 'Other emoji' })
others.setAttribute('aria-label', 'Other emoji')
others.addEventListener('click', async () => {
  const item = acts.shownAt()
  const { pickEmoji } = await import('./emoji-picker.js')
  const one = await pickEmoji(others)
  acts.close()
  if (one && item) await change(number(item), 'POST', { below: '/reactions', json: { emoji: one } })
})
emoji.append(others)

/** @param {string} one */
function react(one) {
  const item = acts.shownAt()
  acts.close()
  if (item) void change(number(item), 'POST', { below: '/reactions', json: { emoji: one } })
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

acts.offer({ bar, more })
await acts.styled
if (scroller) {
  showByPointing(scroller)
  scroller.addEventListener('click', jump)
  // A reaction that is there is a form, which htmx sends.
  document.addEventListener('htmx:finally:request', (event) => {
    const { sourceElement } = /** @type {CustomEvent} */ (event).detail.ctx
    const { status } = outcome(event)
    if (sourceElement?.closest('.reactions') && (status === 0 || status >= 500))
      tell("The server can't be reached just now. Try again.")
  })
  // Who chooses to answer writes at once, and what they write is the answer.
  if (writes) import('./answering.js').catch(() => {})
}
