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
 * A text without its beginning, where that was sent; what was typed on meanwhile stays.
 * @param {string} text
 * @param {string} sent
 */
export const withoutSent = (text, sent) =>
  text.startsWith(sent) ? text.slice(sent.length).trimStart() : text

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
