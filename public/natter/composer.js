// @ts-check
import { keepDraft, keptDraft, newlySent, takeOut } from './draft.js'
import { createRetry, outcome } from './retry.js'
import { say } from './state.js'

// Keeps what is typed until it is stored, and sends it again by itself when it could not be.

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('composer'))
const room = document.querySelector('.app')?.getAttribute('data-room')
const field = /** @type {HTMLTextAreaElement | null} */ (document.getElementById('body'))
if (form && field) start(form, field)

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 */
function start(form, field) {
  /** The text that is not known to be stored. @type {import('./draft.js').Sent | null} */
  let sent = null
  /** The request under way, as htmx keeps it. @type {object | null} */
  let underWay = null
  /** Somebody sent more while a request was under way. */
  let isMoreWanted = false
  /** The next request is the same text again, not what stands in the field now. */
  let isAgain = false
  const replyTo = /** @type {HTMLInputElement} */ (form.elements.namedItem('reply_to'))
  /** What is written, which stands aside while a message is edited (answering.js). */
  const written = () => form.dataset.aside ?? field.value
  /** The composer is for something else just now: an edit, or files (files.js). */
  const isTaken = () => 'aside' in form.dataset || 'files' in form.dataset

  const retry = createRetry(() => {
    // Who changed the text meanwhile decides when it is sent; who only typed on has sent the first part.
    if (!sent || underWay || !written().startsWith(sent.text)) return
    if (isTaken()) return retry.later()
    isAgain = true
    form.requestSubmit()
    isAgain = false
  })

  form.addEventListener('htmx:config:request', (event) => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail
    const text = isAgain && sent ? sent.text : field.value
    // htmx would drop a second request, after this event.
    if (underWay) isMoreWanted = true
    if (underWay || text.trim() === '') return event.preventDefault()
    const isSame = sent?.text === text && (isAgain || (sent.replyTo ?? '') === replyTo.value)
    if (!sent || !isSame) sent = newlySent(text, replyTo.value)
    ctx.request.body.set('body', sent.text)
    ctx.request.body.set('nonce', sent.nonce)
    ctx.request.body.set('reply_to', sent.replyTo ?? '')
    ctx.request.body.delete('once')
    ctx.request.body.delete('file')
    underWay = ctx
    form.classList.add('sending')
    // The message may be seen before its answer comes, and then the next one is typed.
    if (document.activeElement?.closest('#composer')) field.focus()
    keep()
  })

  document.addEventListener('htmx:finally:request', (event) => {
    if (/** @type {CustomEvent} */ (event).detail.ctx !== underWay) return
    const { status, retryAfter } = outcome(event)
    underWay = null
    form.classList.remove('sending')
    if (status >= 200 && status < 300) taken()
    else if (isPassing(status)) notYet(retryAfter)
    else refused(status)
    const isMore = isMoreWanted && !sent
    isMoreWanted = false
    // htmx lets the next request in only after this event.
    if (isMore && !isTaken() && field.value.trim() !== '') setTimeout(() => form.requestSubmit())
  })

  /** What was sent is stored. What was typed on meanwhile stays. */
  function taken() {
    const { text = '', replyTo: answered = '' } = sent ?? {}
    takeOut(form, field, text)
    settle()
    form.dispatchEvent(new CustomEvent('natter:sent', { detail: answered }))
    document.getElementById('refused')?.replaceChildren()
    // In a page of old messages the new one has no place: it is to be seen at the present.
    if (!document.getElementById('poller')) location.assign(`/r/${room}`)
    document.getElementById('scroller')?.scrollTo({ top: 0 })
    field.focus()
  }

  /** @param {number} retryAfter seconds that the server asks for */
  function notYet(retryAfter) {
    retry.later(retryAfter)
    say('unsent', 'Not sent yet. It is kept, and sent by itself.')
  }

  /** @param {number} status */
  function refused(status) {
    retry.done()
    say('unsent', '')
    // The nonce belongs to another text.
    if (status === 409) sent = null
  }

  function settle() {
    sent = null
    retry.done()
    say('unsent', '')
    keep()
  }

  function keep() {
    field.rows = Math.min(8, field.value.split('\n').length)
    keepDraft(written(), sent)
  }

  field.addEventListener('input', () => {
    // Who deletes the text takes it back, unless it is on its way.
    if (written() === '' && !underWay) settle()
    else keep()
  })
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowUp' && field.value === '') {
      event.preventDefault()
      void import('./acts.js').then(({ editLast }) => editLast())
    }
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    // A keyboard on glass has no other key for a new line; its send button is beside the text.
    if (matchMedia('(pointer: coarse)').matches) return
    event.preventDefault()
    form.requestSubmit()
  })
  // A request that began before the network went, or before sleep, hangs until its timeout.
  addEventListener('online', () => {
    if (underWay) window.htmx.trigger(form, 'htmx:abort')
  })

  // What helps with writing comes when it is first wanted.
  document.getElementById('emoji')?.addEventListener('click', () => {
    import('./emoji-picker.js').then((help) => help.pickInto(field), unhelped)
  })
  field.addEventListener('input', () => {
    const before = field.value.slice(0, field.selectionStart)
    if (/:\w\w$/.test(before))
      import('./complete.js').then((help) => help.complete(field), unhelped)
    if (/[@#][\p{L}\p{N}]+$/u.test(before))
      import('./names.js').then((help) => help.complete(field), unhelped)
  })

  /** @type {Promise<typeof import('./files.js')> | undefined} */
  let loading
  /** @param {FileList} [list] what was dropped or pasted; else they are chosen */
  const attach = (list) => {
    const files = [...(list ?? [])]
    // One after another, however they come while it is loaded.
    loading ??= import('./files.js')
    loading.then((module) => module.attach(form, field, files))
  }
  form.querySelector('.attach')?.addEventListener('click', (event) => {
    event.preventDefault()
    attach()
  })
  for (const type of ['dragover', 'drop', 'paste']) {
    addEventListener(type, (/** @type {any} */ event) => {
      const data = event.dataTransfer ?? event.clipboardData
      // What is copied from a document is a picture as well as words.
      if (!data?.types.includes('Files') || data.types.includes('text/plain')) return
      event.preventDefault()
      if (type !== 'dragover') attach(data.files)
    })
  }

  // An empty field is simply not sent: the browser's own word for it is for where no script is.
  form.noValidate = true
  const draft = keptDraft()
  // What the server gives back after a refusal is newer than what was kept.
  if (draft && field.value === '') field.value = draft.text
  if (draft?.sent && field.value.startsWith(draft.sent.text)) sent = draft.sent
  keep()
}

/** One can write all the same, and the line above says when the server is away. */
const unhelped = () => {}

/** @param {number} status 0 where no answer came */
const isPassing = (status) => status === 0 || status === 429 || status >= 500
