// @ts-check

// The emoji, of a file that is fetched when it is first needed (`npm run vendor` makes it).

/**
 * @typedef {object} Emoji
 * @property {string} emoji
 * @property {string} label what it is called
 * @property {string[]} names without their colons
 * @property {string} words all that it is found by, in small letters
 * @typedef {{ name: string, emoji: Emoji[] }} Group
 */

/** @type {Promise<Group[]> | null} */
let loading = null

/** All emoji in their groups. Rejects when they cannot be fetched, and tries again the next time. */
export function emojiGroups() {
  loading ??= load().catch((error) => {
    loading = null
    throw error
  })
  return loading
}

/** @returns {Promise<Group[]>} */
async function load() {
  const answer = await fetch('/vendor/emoji.json')
  if (!answer.ok) throw new Error(`The emoji did not come: ${answer.status}.`)
  /** @type {[name: string, emoji: [string, string, string, string][]][]} */
  const groups = await answer.json()
  return groups.map(([name, list]) => ({ name, emoji: list.map(emojiOf) }))
}

/** @param {[string, string, string, string]} entry @returns {Emoji} */
function emojiOf([emoji, label, names, tags]) {
  const words = ` ${names.replaceAll('_', ' ')} ${label} ${tags}`.toLowerCase()
  return { emoji, label, names: names.split(' ').filter(Boolean), words }
}

/**
 * Those that somebody could mean, the likeliest first: by the beginning of a name, then of any word
 * that they are found by.
 * @param {Group[]} groups
 * @param {string} typed
 * @returns {Emoji[]}
 */
export function findEmoji(groups, typed) {
  const wanted = typed.trim().toLowerCase()
  const words = wanted.split(/[\s_]+/).map((word) => ` ${word}`)
  /** @type {[rank: number, emoji: Emoji][]} */
  const found = []
  for (const one of groups.flatMap(({ emoji }) => emoji)) {
    const begun = one.names.filter((name) => name.startsWith(wanted)).map(({ length }) => length)
    // Of names that begin so the shortest is the nearest.
    if (begun.length > 0) found.push([Math.min(...begun), one])
    else if (words.every((word) => one.words.includes(word))) found.push([Infinity, one])
  }
  return found.sort(([a], [b]) => (a === b ? 0 : a - b)).map(([, one]) => one)
}

const RECENT_MAX = 24
const key = 'natter:emoji'

/** @returns {string[]} the emoji that were picked last in this browser, the newest first */
export function recentEmoji() {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

/** @param {string} emoji that was picked just now */
export function keepRecent(emoji) {
  const kept = [emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, RECENT_MAX)
  try {
    localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // Storage may be full or forbidden: then the groups alone are shown.
  }
}
