// @ts-check

// The emoji of this server's own: their pictures take the place of their names. Loaded where a name
// stands that could be one of them.

/** @typedef {{ name: string, url: string }} Custom */

/** Pages that are told of the same name at the same time ask one after the other. */
const SPREAD_MS = 1_500
/** Where one is not known, or they did not come, the server is asked again so often at the most. */
const AGAIN_MS = 30_000

/** @type {Map<string, Custom>} */
let known = new Map()
let askedAt = Number.NEGATIVE_INFINITY
/** @type {Promise<void> | undefined} */
let asking

/** All of them by name, as they were asked for a while ago at the most. */
export async function customEmoji() {
  if (performance.now() - askedAt > AGAIN_MS) {
    askedAt = performance.now()
    asking = load().catch(() => {})
  }
  await asking
  return known
}

async function load() {
  const answer = await fetch('/emoji', { headers: { accept: 'application/json' } })
  if (!answer.ok) return
  const { emoji } = await answer.json()
  known = new Map(emoji.map((/** @type {Custom} */ one) => [one.name, one]))
}

/** @param {Custom} one */
export function pictureOf({ name, url }) {
  const image = document.createElement('img')
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) image.addEventListener('load', hold)
  // Before its address: not all that are made are seen.
  image.loading = 'lazy'
  image.className = 'custom-emoji'
  image.src = url
  image.alt = image.title = `:${name}:`
  return image
}

/** What moves stands still as it began. @this {HTMLImageElement} */
function hold() {
  const [width, height] = [this.naturalWidth, this.naturalHeight]
  const still = Object.assign(document.createElement('canvas'), { width, height })
  still.getContext('2d')?.drawImage(this, 0, 0)
  const { className, title } = this
  this.replaceWith(Object.assign(still, { className, title, role: 'img', ariaLabel: title }))
}

const names = '[data-emoji]:not(:has(.custom-emoji))'
const buttons = '.reactions button[value^=":"]:not(:has(.custom-emoji))'

/** @returns {string[]} the names that have no picture yet */
const undrawn = () => [
  ...[...document.querySelectorAll(names)].map((one) => one.getAttribute('data-emoji') ?? ''),
  ...[...document.querySelectorAll(buttons)].map(
    (one) => one.getAttribute('value')?.slice(1, -1) ?? '',
  ),
]

/** Puts pictures where names stand, in the talk and below it. */
function draw() {
  for (const one of document.querySelectorAll(names)) {
    const custom = known.get(one.getAttribute('data-emoji') ?? '')
    if (custom) one.replaceChildren(pictureOf(custom))
  }
  for (const one of document.querySelectorAll(buttons)) {
    const custom = known.get(one.getAttribute('value')?.slice(1, -1) ?? '')
    const [text] = one.childNodes
    if (custom && text instanceof Text) text.replaceWith(pictureOf(custom), ' ')
  }
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

/** Draws what is known at once, and asks for what is not. @param {number} spread_ms */
function see(spread_ms) {
  draw()
  if (timer || undrawn().every((name) => known.has(name))) return
  const left = Math.max(0, askedAt + AGAIN_MS - performance.now())
  timer = setTimeout(
    async () => {
      timer = undefined
      await customEmoji()
      draw()
    },
    left + Math.random() * spread_ms,
  )
}

document.addEventListener('htmx:after:settle', () => see(SPREAD_MS))
document.addEventListener('htmx:after:swap', () => see(SPREAD_MS))
// A page that has just come has come by itself.
see(performance.now() < SPREAD_MS ? 0 : SPREAD_MS)
