// @ts-check
// The page on which one searches: its address says what is looked for, and it says when nothing comes.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form.search'))
const field = /** @type {HTMLInputElement | null} */ (document.querySelector('#q'))
const state = document.querySelector('#search-state')

// Days are the reader's own; without a script they are UTC's.
form?.addEventListener('formdata', ({ formData }) => {
  if (!/\b(?:before|after):/i.test(String(formData.get('q')))) return
  formData.set('zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
})

/** What stands in the form, as an address. */
function address() {
  const words = new URLSearchParams()
  for (const [name, value] of new FormData(form ?? undefined))
    if (typeof value === 'string' && value !== '') words.append(name, value)
  return words.size > 0 ? `/search?${words}` : '/search'
}

/** @param {string} text */
function say(text) {
  if (state) state.textContent = text
}

document.addEventListener('htmx:after:request', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail
  if (ctx.sourceElement !== form) return
  const isThere = ctx.response.status < 500
  say(
    isThere
      ? ''
      : 'The server did not answer this. Wait a moment, then change a word or press Search.',
  )
  // The page before is one step back, however much was typed here.
  if (isThere) history.replaceState(history.state, '', address())
})

// What is refused on the way here, as of too many at once, has no place for what was found.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail
  if (ctx.sourceElement !== form || ctx.text.includes('id="found"')) return
  event.preventDefault()
  const words = new DOMParser().parseFromString(ctx.text, 'text/html').body.textContent?.trim()
  say(words || 'The server did not answer this. Wait a moment, then press Search.')
})

document.addEventListener('htmx:error', (event) => {
  const { ctx, error } = /** @type {CustomEvent} */ (event).detail
  if (ctx?.sourceElement !== form || error?.name === 'AbortError') return
  say('You’re offline, or the server is away. What you typed stays here.')
})

addEventListener('keydown', (event) => {
  const isTyping =
    event.target instanceof Element && event.target.closest('input, select, textarea')
  const isK = event.key === 'k' && (event.ctrlKey || event.metaKey)
  if (!isK && (event.key !== '/' || isTyping)) return
  event.preventDefault()
  field?.select()
})
