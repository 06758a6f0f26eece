// @ts-check
import { createRetry, outcome } from './retry.js'
import { say } from './state.js'

// Keeps what is typed until it is stored, and sends it again by itself when it could not be.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('composer'))
const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById('body'))
const room = document.querySelector('.app')?.getAttribute('data-room') ?? ''
const draftKey = `natter:draft:${room}`

/**
 * The text that was sent last, and its nonce. The same text keeps its nonce until it is known to
 * be stored, over retries, reloads and Back; a new text gets a new one.
 * @type {{ text: string, nonce: string } | null}
 */
let sent = null

if (form && field) start(form, field)

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function start(form, field) {
  const retry = createRetry(() => {
    if (field.value.trim() !== '') form.requestSubmit()
  })

  restoreDraft(field)
  field.addEventListener('input', () => keepDraft(field))
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    // A keyboard on glass has no other key for a new line; its send button is beside the text.
    if (matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    form.requestSubmit()
  })

  form.addEventListener('htmx:config:request', (event) => {
    if (field.value.trim() === '') return event.preventDefault()
    const body = /** @type {CustomEvent} */ (event).detail.ctx.request.body
    if (sent?.text !== field.value) sent = { text: field.value, nonce: randomWord() }
    body.set('nonce', sent.nonce)
    body.delete('once')
    keepDraft(field)
    form.classList.add('sending')
  })

  document.addEventListener('htmx:finally:request', (event) => {
    const { source, status, retryAfter } = outcome(event)
    if (source !== form && source.id !== 'messages') return
    form.classList.remove('sending')
    if (status >= 200 && status < 300) {
      retry.done()
      say('unsent', '')
      taken(field)
    } else if (isPassing(status)) {
      retry.later(retryAfter)
      say(
        'unsent',
        'Not sent yet. Your text is kept and sent as soon as the server can be reached.',
      )
    } else {
      retry.done()
      say('unsent', '')
    }
  })
}

/** @param {number} status 0 where no answer came */
const isPassing = (status) => status === 0 || status === 429 || status >= 500

/**
 * What was sent is stored. What was typed on meanwhile stays.
 * @param {HTMLTextAreaElement} field
 */
function taken(field) {
  const text = sent?.text ?? ''
  field.value = field.value.startsWith(text)
    ? field.value.slice(text.length).trimStart()
    : field.value
  sent = null
  document.getElementById('refused')?.replaceChildren()
  keepDraft(field)
  // In a page of old messages the new one has no place: it is to be seen at the present.
  if (!document.getElementById('poller')) location.assign(`/r/${room}`)
  document.getElementById('scroller')?.scrollTo({ top: 0 })
  field.focus()
}

/** @param {HTMLTextAreaElement} field */
function keepDraft(field) {
  field.rows = Math.min(8, field.value.split('\n').length)
  try {
    if (field.value === '') sessionStorage.removeItem(draftKey)
    else sessionStorage.setItem(draftKey, JSON.stringify({ text: field.value, sent }))
  } catch {
    // Storage may be full or forbidden; the text stands in the field all the same.
  }
}

/** @param {HTMLTextAreaElement} field */
function restoreDraft(field) {
  try {
    const draft = JSON.parse(sessionStorage.getItem(draftKey) ?? 'null')
    if (!draft) return
    // What the server gives back after a refusal is newer than what was kept.
    if (field.value === '') field.value = draft.text
    if (field.value === draft.sent?.text) sent = draft.sent
    keepDraft(field)
  } catch {
    // A draft that cannot be read is none.
  }
}

/** `crypto.randomUUID` is missing where the page is no secure context; this is not. */
function randomWord() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
