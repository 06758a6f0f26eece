// @ts-check

/** @type {Map<string, string>} */
const said = new Map()

/**
 * Says in one calm line above the composer what is the matter; nothing when all is well.
 * @param {'unsent' | 'away' | 'typing'} what the first of these that is the matter is said
 * @param {string} text empty when it is over
 */
export function say(what, text) {
  said.set(what, text)
  const line = document.getElementById('state')
  const now = said.get('unsent') || said.get('away') || said.get('typing') || ''
  if (line && line.textContent !== now) line.textContent = now
}
