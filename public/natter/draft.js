// @ts-check

/**
 * A text on its way, and what it answers: it keeps its nonce until it is known to be stored, over
 * retries, reloads and Back; another text gets another one.
 * @typedef {{ text: string, nonce: string, replyTo?: string }} Sent
 */

const app = document.querySelector('.app')
const room = app?.getAttribute('data-room') ?? ''
// Who signs in after somebody else finds nothing of theirs.
const key = `natter:draft:${app?.getAttribute('data-me') ?? ''}:${room}`

/**
 * Keeps what is typed, for this tab, room and person.
 * @param {string} text
 * @param {Sent | null} sent
 */
export function keepDraft(text, sent) {
  try {
    if (text === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify({ text, sent }))
  } catch {
    // Storage may be full or forbidden; the text stands in the field all the same.
  }
}

/**
 * Takes a text that was sent out of the composer, or from what stands aside while a message is edited
 * there (answering.js); what was typed on meanwhile stays.
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} field
 * @param {string} sent
 */
export function takeOut({ dataset }, field, sent) {
  const text = dataset.aside ?? field.value
  const left = text.startsWith(sent) ? text.slice(sent.length).trimStart() : text
  if ('aside' in dataset) dataset.aside = left
  else field.value = left
}

/** @returns {{ text: string, sent: Sent | null } | null} what was typed here before */
export function keptDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

/**
 * @param {string} text
 * @param {string} [replyTo] the number of the message that it answers
 * @returns {Sent}
 */
export function newlySent(text, replyTo = '') {
  // `crypto.randomUUID` is missing where the page is no secure context; this is not.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const nonce = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return { text, nonce, replyTo }
}
