// @ts-check

// The emoji of this server's own: their pictures take the place of their names. Loaded where a name
// stands that could be one of them.

/** @typedef {{ name: string, url: string }} Custom */

/** @type {Promise<Map<string, Custom>> | null} */
let loading = null

/** All of them by name. Rejects when they cannot be fetched, and tries again the next time. */
export function customEmoji() {
  loading ??= load().catch((error) => {
    loading = null
    throw error
  })
  return loading
}

/** @returns {Promise<Map<string, Custom>>} */
async function load() {
  const answer = await fetch('/emoji', { headers: { accept: 'application/json' } })
  if (!answer.ok) throw new Error(`The emoji did not come: ${answer.status}.`)
  const { emoji } = await answer.json()
  return new Map(emoji.map((/** @type {Custom} */ one) => [one.name, one]))
}

/** @param {Custom} one */
export function pictureOf({ name, url }) {
  const image = Object.assign(document.createElement('img'), {
    className: 'custom-emoji',
    src: url,
    alt: `:${name}:`,
    title: `:${name}:`,
  })
  return image
}

/** Puts pictures where names stand, in the talk and below it. */
async function draw() {
  const names = document.querySelectorAll('[data-emoji]:not(:has(img))')
  const buttons = document.querySelectorAll('.reactions button[value^=":"]:not(:has(img))')
  if (names.length + buttons.length === 0) return
  const known = await customEmoji().catch(() => null)
  if (!known) return
  for (const one of names) {
    const custom = known.get(one.getAttribute('data-emoji') ?? '')
    if (custom && !one.querySelector('img')) one.replaceChildren(pictureOf(custom))
  }
  for (const one of buttons) {
    const custom = known.get((one.getAttribute('value') ?? '').slice(1, -1))
    const [text] = one.childNodes
    if (custom && text instanceof Text) text.replaceWith(pictureOf(custom), ' ')
  }
}

for (const event of ['htmx:after:swap', 'htmx:after:settle']) {
  document.addEventListener(event, () => void draw())
}
void draw()
