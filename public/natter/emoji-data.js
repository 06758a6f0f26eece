// @ts-check
import { customEmoji } from './custom-emoji.js'

// The emoji, of a file that is fetched when it is first needed (`npm run vendor` makes it).

/**
 * @typedef {object} Emoji
 * @property {string} emoji
 * @property {string} label what it is called
 * @property {string[]} names without their colons
 * @property {string} words all that it is found by, in small letters
 * @property {string} [url] its picture, where it is one of this server's own
 * @typedef {{ name: string, emoji: Emoji[] }} Group
 */

/** @type {Promise<Group[]> | null} */
let loading = null

/** All emoji in their groups. Rejects when they cannot be fetched, and tries again the next time. */
export async function emojiGroups() {
  const [own, all] = await Promise.all([ownGroup(), standardGroups()])
  return own.emoji.length > 0 ? [own, ...all] : all
}

function standardGroups() {
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

/** Those of this server's own. Where they do not come there are the others. @returns {Promise<Group>} */
async function ownGroup() {
  const known = await customEmoji()
  const emoji = [...known.values()].map(({ name, url }) => ({
    emoji: `:${name}:`,
    label: name.replaceAll(/[_-]/g, ' '),
    names: [name],
    words: ` ${name.replaceAll(/[_-]/g, ' ')}`,
    url,
  }))
  return { name: 'Of this server', emoji }
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

/** The skin tones that there are, none first: https://www.unicode.org/reports/tr51/#Emoji_Modifiers_Table */
export const skinTones = ['', '\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}']

const anyTone = /\p{Emoji_Modifier}/gu
const hasSkin = /\p{Emoji_Modifier_Base}\ufe0f?/gu

/** Whether Unicode recommends an emoji; a browser that cannot tell takes those of one person alone. */
const isEmoji = (() => {
  try {
    const recommended = /^\p{RGI_Emoji}$/v
    return (/** @type {string} */ emoji) => recommended.test(emoji)
  } catch {
    return (/** @type {string} */ emoji) => emoji.match(hasSkin)?.length === 1
  }
})()

/**
 * An emoji with a skin tone, all people in it alike; as it is where there is none like that.
 * @param {string} emoji
 * @param {string} tone of `skinTones`
 */
export function toned(emoji, tone) {
  if (tone === '' || emoji.search(hasSkin) < 0) return emoji
  const other = emoji.replace(hasSkin, (person) => person.replace('\ufe0f', '') + tone)
  return isEmoji(other) ? other : emoji
}

const toneKey = 'natter:skin-tone'

/** @returns {string} the skin tone that was chosen in this browser; empty for none */
export function skinTone() {
  try {
    const kept = localStorage.getItem(toneKey) ?? ''
    return skinTones.includes(kept) ? kept : ''
  } catch {
    return ''
  }
}

/** @param {string} tone */
export function keepSkinTone(tone) {
  try {
    localStorage.setItem(toneKey, tone)
  } catch {
    // Then it is chosen anew each time.
  }
}

const RECENT_MAX = 24
const key = 'natter:emoji'

/** @returns {string[]} the emoji that were picked last in this browser, without skin tones, the newest first */
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
  const bare = emoji.replace(anyTone, '')
  const kept = [bare, ...recentEmoji().filter((one) => one !== bare)].slice(0, RECENT_MAX)
  try {
    localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // Storage may be full or forbidden: then the groups alone are shown.
  }
}
