/** The emoji and their names, made of `emojibase-data`, for `npm run vendor`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Emoji = {
  emoji: string
  label: string
  hexcode: string
  version: number
  group?: number
  order?: number
  tags?: string[]
}
type Shortcodes = Record<string, string | string[]>

/** What fonts of a few years ago show already. */
const version_max = 15

/** Groups of Unicode's, by their numbers there; those of skin tones and hair alone (2) are none. */
const groups: [number: number, name: string][] = [
  [0, 'Faces'],
  [1, 'People'],
  [3, 'Animals and nature'],
  [4, 'Food and drink'],
  [5, 'Travel and places'],
  [6, 'Activities'],
  [7, 'Objects'],
  [8, 'Symbols'],
  [9, 'Flags'],
]

/** An emoji as the picker gets it: itself, what it is called, its `:names:`, and more words to find it by. */
type Entry = [emoji: string, label: string, names: string, tags: string]

const recommended = /^\p{RGI_Emoji}$/v

/** As Unicode recommends it: with the sign that says "as a picture" where that is needed alone. */
function plain(emoji: string): string {
  const bare = emoji.replaceAll('\u{fe0f}', '')
  const found = [bare, emoji, `${bare}\u{fe0f}`].find((one) => recommended.test(one))
  if (!found) throw new Error(`${emoji} is no emoji that Unicode recommends`)
  return found
}

/**
 * @param packages the folder of the packages
 * @returns the file for the picker, and the one from which the server knows the names
 */
export function emojiFiles(packages: string): { picker: Buffer; names: Buffer } {
  const read = <T>(file: string): T =>
    JSON.parse(readFileSync(join(packages, 'emojibase-data/en', file), 'utf8')) as T
  const all = read<Emoji[]>('data.json').filter(({ version }) => version <= version_max)
  all.sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
  // GitHub's names, and after them those of Slack that are others.
  const sources = ['github', 'iamcal'].map((name) => read<Shortcodes>(`shortcodes/${name}.json`))
  const entryOf = (one: Emoji): Entry => {
    const names = sources.flatMap((names) => names[one.hexcode] ?? [])
    const said = new Set(names.filter((name) => /^[a-z\d+_-]+$/.test(name)))
    return [plain(one.emoji), one.label, [...said].join(' '), (one.tags ?? []).join(' ')]
  }
  const picker = groups.map(([number, name]) => [
    name,
    all.filter(({ group }) => group === number).map(entryOf),
  ]) as [string, Entry[]][]
  const names = picker.flatMap(([, entries]) =>
    entries.flatMap(([emoji, , said]) =>
      said.split(' ').flatMap((name) => (name ? [[name, emoji] as const] : [])),
    ),
  )
  // GitHub's own come first, and what comes first holds.
  const byName = Object.fromEntries(names.reverse())
  const sorted = Object.fromEntries(Object.entries(byName).sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    picker: Buffer.from(`${JSON.stringify(picker)}\n`),
    names: Buffer.from(`${JSON.stringify(sorted, null, 2)}\n`),
  }
}
