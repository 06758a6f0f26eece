// @ts-check
import { change, itemOf, pathOf } from './ask.js'
import { tell } from './told.js'

// The composer answers a message, or holds one that its author puts in other words.

const form = /** @type {HTMLFormElement} */ (document.getElementById('composer'))
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById('body'))
const replyTo = /** @type {HTMLInputElement} */ (form.elements.namedItem('reply_to'))
const usual = replyTo.value
const ASK_MS = 10_000

/** What is edited. What stood in the composer before is aside meanwhile. @type {{ n: string, version: number } | null} */
let editing = null
let isSaving = false

const line = document.createElement('p')
line.className = 'mode'
const words = document.createElement('span')
const cancel = Object.assign(document.createElement('button'), {
  type: 'button',
  className: 'plain',
  textContent: 'Cancel',
})
line.append(words, cancel)

/** @param {HTMLElement} item the message that the next one answers */
export function answer(item) {
  leave()
  replyTo.value = item.dataset.n ?? ''
  begin(`Answering ${item.querySelector('.name')?.textContent ?? ''}: ${beginningOf(item)}`)
}

/** @param {HTMLElement} item a message of one's own */
export async function edit(item) {
  const n = item.dataset.n ?? ''
  const message = await asItIs(n)
  if (!message) return tell("The server can't be reached just now. Try again.")
  leave()
  editing = { n, version: message.version }
  form.dataset.aside = field.value
  fill(message.body)
  begin('Editing your message')
}

/** @param {string} n */
async function asItIs(n) {
  const signal = AbortSignal.timeout(ASK_MS)
  const headers = { accept: 'application/json' }
  const answer = await fetch(pathOf(n), { headers, signal }).catch(() => null)
  return answer?.ok ? answer.json() : null
}

/** @param {HTMLElement} item */
const beginningOf = (item) => {
  const body = item.querySelector('.body')?.cloneNode(true)
  if (!(body instanceof Element)) return ''
  for (const image of body.querySelectorAll('img')) image.replaceWith(image.alt)
  return (body.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 100)
}

/** @param {string} text */
function begin(text) {
  words.textContent = text
  form.before(line)
  field.focus()
}

/** The composer is as it was. */
function leave() {
  line.remove()
  replyTo.value = usual
  const { aside } = form.dataset
  delete form.dataset.aside
  if (editing && aside !== undefined) fill(aside)
  editing = null
}

/** @param {string} text */
function fill(text) {
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

async function save() {
  if (!editing || isSaving) return
  if (field.value.trim() === '')
    return tell('An edit needs some words. You can delete the message instead.')
  isSaving = true
  form.classList.add('sending')
  try {
    await saveOnce(editing)
  } finally {
    isSaving = false
    form.classList.remove('sending')
  }
}

/** @param {{ n: string, version: number }} edited */
async function saveOnce({ n, version }) {
  const { status, text } = await change(n, 'PATCH', { json: { body: field.value }, version })
  const refused = /** @type {HTMLElement} */ (document.getElementById('refused'))
  if (status >= 200 && status < 300) {
    refused.replaceChildren()
    return leave()
  }
  // Who reads that it was changed may save again at once.
  if (status === 409) await meet(n)
  if (status > 0 && editing?.n === n) {
    await window.htmx.swap({ text, swap: 'innerHTML', target: refused, sourceElement: form })
  }
}

/** Somebody's other device was first: what it says now is shown, and saving again takes its place. */
async function meet(/** @type {string} */ n) {
  const message = await asItIs(n)
  if (!message || !editing) return
  editing.version = message.version
  tell(`It says now: ${message.body.slice(0, 200)}`)
  const item = itemOf(n)
  if (item) item.scrollIntoView({ block: 'nearest' })
}

// Before htmx, which would send it as a message of its own.
document.addEventListener(
  'submit',
  (event) => {
    if (event.target !== form || !editing) return
    event.preventDefault()
    event.stopImmediatePropagation()
    void save()
  },
  true,
)
form.addEventListener('natter:sent', (event) => {
  // What was on its way before answers nothing of this.
  if (!editing && /** @type {CustomEvent} */ (event).detail === replyTo.value) leave()
})
cancel.addEventListener('click', () => {
  leave()
  field.focus()
})
field.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && line.isConnected) leave()
})
