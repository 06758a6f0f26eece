// @ts-check
import { newlySent, takeOut } from './draft.js'
import { make } from './make.js'
import { sheet } from './sheet.js'

// Files beside what is written: chosen, dropped or pasted, they stand above the composer until they are
// sent with it. Loaded when the first one comes.

/** @typedef {{ file: File, item: HTMLLIElement, bar: HTMLProgressElement, says: HTMLElement }} Pending */

/** @type {Pending[]} */
let pending = []
/** The request under way. @type {XMLHttpRequest | null} */
let underWay = null
/** What was tried last: the same again is the same message. @type {{ key: string, nonce: string } | null} */
let tried = null
/** @type {HTMLUListElement | null} */
let list = null

/**
 * Puts files beside what is written; without any, lets them be chosen.
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 * @param {File[]} files
 */
export function attach(form, field, files) {
  list ??= begin(form, field)
  const chosen = /** @type {HTMLInputElement} */ (form.elements.namedItem('file'))
  if (files.length === 0) return chosen.click()
  for (const file of files) pending.push(shown(file, form, field))
  count(form, field)
  field.focus()
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function begin(form, field) {
  void sheet({ href: '/files.css' })
  const made = document.createElement('ul')
  made.className = 'pending'
  made.setAttribute('aria-label', 'Files to send')
  form.before(made)
  const chosen = /** @type {HTMLInputElement} */ (form.elements.namedItem('file'))
  chosen.addEventListener('change', () => {
    const files = [...(chosen.files ?? [])]
    chosen.value = ''
    if (files.length > 0) attach(form, field, files)
  })
  // Before htmx, which would send the words alone.
  document.addEventListener(
    'submit',
    (event) => {
      // What is edited goes by itself; they wait for the next message.
      if (event.target !== form || pending.length === 0 || 'aside' in form.dataset) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (!underWay) send(form, field)
    },
    true,
  )
  return made
}

/**
 * @param {File} file
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 * @returns {Pending}
 */
function shown(file, form, field) {
  const item = document.createElement('li')
  const name = make('bdi', { textContent: file.name })
  const says = make('small', { textContent: sizeText(file.size) })
  const bar = make('progress', { max: 1, value: 0, hidden: true })
  bar.setAttribute('aria-label', `${file.name}, on its way`)
  const remove = make('button', {
    type: 'button',
    textContent: '×',
  })
  remove.setAttribute('aria-label', `Do not send ${file.name}`)
  item.append(name, says, bar, remove)
  list?.append(item)
  const one = { file, item, bar, says }
  remove.addEventListener('click', () => {
    // What is on its way goes together; the others can be sent once more.
    const stopped = underWay
    underWay = null
    stopped?.abort()
    form.classList.remove('sending')
    drop(one)
    count(form, field)
    if (pending.length > 0 && stopped) send(form, field)
    else field.focus()
  })
  return one
}

/**
 * Files need no words, and nothing else is sent by itself while they stand there.
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function count(form, field) {
  field.required = pending.length === 0
  form.toggleAttribute('data-files', pending.length > 0)
}

/** @param {Pending} one */
function drop(one) {
  pending = pending.filter((other) => other !== one)
  one.item.remove()
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function send(form, field) {
  const room = document.querySelector('.app')?.getAttribute('data-room')
  const text = field.value
  const sending = [...pending]
  const { value: replyTo } = /** @type {HTMLInputElement} */ (form.elements.namedItem('reply_to'))
  const key = JSON.stringify([
    text,
    replyTo,
    sending.map(({ file }) => [file.name, file.size, file.lastModified]),
  ])
  if (tried?.key !== key) tried = { key, nonce: newlySent('').nonce }
  const data = new FormData()
  data.set('body', text)
  data.set('nonce', tried.nonce)
  data.set('reply_to', replyTo)
  for (const { file } of sending) data.append('file', file)

  const request = new XMLHttpRequest()
  underWay = request
  request.open('POST', `/r/${room}/files`)
  request.setRequestHeader('HX-Request', 'true')
  request.setRequestHeader('Accept', 'text/html')
  request.upload.addEventListener('progress', ({ loaded }) => show(sending, loaded))
  request.addEventListener('loadend', () => {
    if (underWay !== request) return
    underWay = null
    form.classList.remove('sending')
    for (const { bar } of sending) bar.hidden = true
    if (request.status >= 200 && request.status < 300)
      taken(form, field, { text, replyTo, sending })
    else if (request.status > 0 || request.readyState === XMLHttpRequest.DONE) refused(request)
  })
  for (const { bar } of sending) bar.hidden = false
  form.classList.add('sending')
  refusal('')
  request.send(data)
}

/**
 * They go one after another, so that so much of the first is through when so much of all is.
 * @param {Pending[]} sending
 * @param {number} loaded
 */
function show(sending, loaded) {
  let left = loaded
  for (const { file, bar } of sending) {
    bar.value = file.size === 0 ? 1 : Math.min(1, Math.max(0, left / file.size))
    left -= file.size
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 * @param {{ text: string, replyTo: string, sending: Pending[] }} sent
 */
function taken(form, field, { text, replyTo, sending }) {
  tried = null
  for (const one of sending) drop(one)
  count(form, field)
  takeOut(form, field, text)
  field.dispatchEvent(new Event('input'))
  form.dispatchEvent(new CustomEvent('natter:sent', { detail: replyTo }))
  const app = document.querySelector('.app')
  if (!document.getElementById('poller')) location.assign(`/r/${app?.getAttribute('data-room')}`)
  document.getElementById('scroller')?.scrollTo({ top: 0 })
  field.focus()
}

/** @param {XMLHttpRequest} request */
function refused({ status, responseText }) {
  // The nonce belongs to another message.
  if (status === 409) tried = null
  const said = new DOMParser().parseFromString(responseText, 'text/html').querySelector('.alert p')
  refusal(
    said?.textContent || 'Not sent: the server cannot be reached just now. Send again in a moment.',
  )
}

/** @param {string} text empty where nothing is the matter */
function refusal(text) {
  const place = document.getElementById('refused')
  if (text === '') return place?.replaceChildren()
  const alert = make('div', { className: 'alert', role: 'alert' })
  alert.append(make('p', { textContent: text }))
  place?.replaceChildren(alert)
}

/** @param {number} bytes */
function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
