// @ts-check

// Fragments are the same for every viewer. What depends on the viewer is marked here: the local
// time and day, what follows on from the same person, and what is mine.

const RUN_MS = 5 * 60 * 1000

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })
const dated = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const thisYear = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
})
const otherYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })

const app = document.querySelector('.app')
const me = document.querySelector('[data-me]')?.getAttribute('data-me') ?? ''

/** Marks all messages on the page; leaves alone what is marked already. */
function mark() {
  if (document.querySelector('[data-emoji], .reactions button[value^=":"]'))
    import('./custom-emoji.js').catch(() => {})
  const list = document.getElementById('messages')
  if (list) markTalk(list)
  // What was picked out of a talk, or out of several: nothing follows on there, and no day goes on.
  for (const item of document.querySelectorAll('.messages:not(#messages) > .message')) {
    if (!(item instanceof HTMLElement)) continue
    markMine(item)
    localTime(item, new Date(item.dataset.at ?? ''), true)
  }
  // Most talk has no tables and no code, and needs no styles for them.
  if (document.querySelector('[data-lang], .wide')) import('./words.js').catch(() => {})
}

/** @param {HTMLElement} list */
function markTalk(list) {
  keepThread(list)
  /** @type {{ author: string, at: number, day: string } | null} */
  let before = null
  for (const item of list.querySelectorAll('.message')) {
    if (!(item instanceof HTMLElement)) continue
    const at = new Date(item.dataset.at ?? '')
    const author = item.dataset.author ?? ''
    const day = at.toDateString()
    const isNewDay = day !== before?.day
    dayLine(item, at, isNewDay)
    const follows = !isNewDay && author === before?.author && at.getTime() - before.at < RUN_MS
    item.classList.toggle('follows', follows)
    item.classList.toggle('mine', author === me)
    markMine(item)
    localTime(item, at)
    before = { author, at: at.getTime(), day }
  }
}

/** What names me, and what I have given. @param {HTMLElement} item */
function markMine(item) {
  if (me === '') return
  const names = item.querySelector(`.mention[data-person~="${me}"], .mention[data-all]`)
  item.classList.toggle('names-me', names !== null)
  for (const button of item.querySelectorAll('.reactions button')) {
    const isMine = (button.getAttribute('data-by') ?? '').split(' ').includes(me)
    button.classList.toggle('mine', isMine)
    button.setAttribute('aria-pressed', String(isMine))
  }
}

/** A page of a thread is told of all that is said in the room. @param {HTMLElement} list */
function keepThread(list) {
  const { thread } = list.dataset
  if (thread === undefined) return
  for (const item of list.querySelectorAll('.message')) {
    const { n, thread: its } = /** @type {HTMLElement} */ (item).dataset
    if (n !== thread && its !== thread) item.remove()
  }
}

/**
 * A line with the day stands before a day's first message, and before no other.
 * @param {HTMLElement} item
 * @param {Date} at
 * @param {boolean} isNewDay
 */
function dayLine(item, at, isNewDay) {
  const above = item.previousElementSibling
  const line = above?.classList.contains('day') ? above : null
  if (!isNewDay) return line?.remove()
  const text = dayText(at)
  if (line?.textContent === text) return
  line?.remove()
  const made = document.createElement('li')
  made.className = 'day'
  const link = Object.assign(document.createElement('a'), {
    textContent: text,
    title: 'Go to a day',
  })
  link.className = 'day-link'
  link.href = `/r/${app?.getAttribute('data-room')}/days`
  made.append(link)
  item.before(made)
}

/** @param {Date} at */
const isToday = (at) => at.toDateString() === new Date().toDateString()

/** @param {Date} at */
function dayText(at) {
  const now = new Date()
  if (isToday(at)) return 'Today'
  return (at.getFullYear() === now.getFullYear() ? thisYear : otherYear).format(at)
}

/**
 * @param {HTMLElement} item
 * @param {Date} at
 * @param {boolean} [isApart] no line above says which day it was
 */
function localTime(item, at, isApart = false) {
  const time = item.querySelector('.at time')
  if (!time || time.hasAttribute('title')) return
  time.textContent = (isApart && !isToday(at) ? dated : clock).format(at)
  time.setAttribute('title', whole.format(at))
}

/** Rooms tell when something was last said: the time today, the day before. */
function markRooms() {
  for (const time of document.querySelectorAll('time.ago')) {
    const at = new Date(time.getAttribute('datetime') ?? '')
    time.textContent = isToday(at) ? clock.format(at) : at.toLocaleDateString()
    time.setAttribute('title', whole.format(at))
  }
}

mark()
markRooms()

// A day that one goes to begins where its reader is; without a script, in UTC.
document.querySelector('form.days')?.addEventListener('formdata', (event) => {
  const { formData } = /** @type {FormDataEvent} */ (event)
  formData.set('date', new Date(`${formData.get('date')}T00:00`).toISOString())
})

// Where one can write.
if (document.getElementById('composer')) void import('./composer.js')

// What may be done about a message comes when somebody points at one.
const scroller = document.getElementById('scroller')
for (const type of ['pointerover', 'focusin']) {
  scroller?.addEventListener(type, () => void import('./acts.js'), { once: true })
}
// A finger may be held on one until then; the browser takes it away when it begins to scroll.
scroller?.addEventListener('pointerdown', ({ target }) => {
  scroller.dataset.pressed = /** @type {Element} */ (target).closest('.message')?.id ?? ''
})
for (const type of ['pointerup', 'pointercancel']) {
  addEventListener(type, () => delete scroller?.dataset.pressed)
}

document.addEventListener('htmx:after:swap', mark)
document.addEventListener('htmx:after:swap', markRooms)
document.addEventListener('htmx:after:settle', mark)
