// @ts-check

/** @type {Map<string, Promise<void>>} */
const sheets = new Map()

/**
 * Loads a style sheet once. Comes back when it holds, and also when it did not come: then it looks
 * plainer.
 * @param {{ href: string }} which
 * @returns {Promise<void>}
 */
export function sheet({ href }) {
  const known = sheets.get(href)
  if (known) return known
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href })
  const loaded = new Promise((/** @type {(value: void) => void} */ resolve) => {
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => {
      sheets.delete(href)
      resolve()
    })
  })
  sheets.set(href, loaded)
  document.head.append(link)
  return loaded
}

/**
 * Puts a text where the caret is, in place of what is marked, as if it had been typed.
 * @param {HTMLTextAreaElement} field
 * @param {string} text
 * @param {number} [from] where what it takes the place of begins
 */
export function insert(field, text, from = field.selectionStart) {
  field.focus()
  field.setRangeText(text, from, field.selectionEnd, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}
