// @ts-check
import { tell } from './told.js'

// Changes of messages: the answer is the message as it is then, and takes its place.

const room = document.querySelector('.app')?.getAttribute('data-room')

/** @param {string | number} n a message's number */
export const pathOf = (n) => `/r/${room}/messages/${n}`

/** @param {string | number} n @returns {HTMLElement | null} the message, where it is on the page */
export const itemOf = (n) => document.getElementById(`m${n}`)

/**
 * Asks for a change of a message, and shows it as it is then.
 * @param {string | number} n
 * @param {string} method
 * @param {{ below?: string, json?: object, version?: number }} [more] `below` is what stands behind
 *   the message's address
 * @returns {Promise<{ status: number, text: string }>} 0 where no answer came
 */
export async function change(n, method, { below = '', json, version } = {}) {
  const answer = await send(`${pathOf(n)}${below}`, method, json, version).catch(() => null)
  if (!answer) {
    tell("The server can't be reached just now. Try again.")
    return { status: 0, text: '' }
  }
  const text = await answer.text()
  const target = itemOf(n)
  if (answer.ok && target) {
    await window.htmx.swap({ text, swap: 'outerHTML', target, sourceElement: target })
  } else if (!answer.ok) tell(wordsOf(text))
  return { status: answer.status, text }
}

/**
 * @param {string} path
 * @param {string} method
 * @param {object | undefined} json
 * @param {number | undefined} version
 */
function send(path, method, json, version) {
  const headers = new Headers({ 'HX-Request': 'true', accept: 'text/html' })
  if (json) headers.set('content-type', 'application/json')
  if (version !== undefined) headers.set('if-match', `"${version}"`)
  return fetch(path, { method, headers, ...(json ? { body: JSON.stringify(json) } : {}) })
}

/** What an error says. @param {string} html */
export const wordsOf = (html) =>
  new DOMParser().parseFromString(html, 'text/html').body.textContent?.trim() ?? ''
