import type { StateInline } from 'markdown-it'
import type { Named } from '../../chat/naming.ts'
import { limits } from '../../limits.ts'

export { type Named, nothingNamed as nobody } from '../../chat/naming.ts'

/** A rule for what stands in a line; `silent` only asks whether it would take something. */
export type InlineRule = (state: StateInline, silent: boolean) => boolean

/** What the rules below look names up in. */
export type NamedEnv = {
  slug: string
  all: boolean
  /** The longest name first: of Ann and Ann Lee, `@Ann Lee` is the latter. */
  people: { id: number; typed: string }[]
  rooms: Set<string>
  /** The line that is looked at, and the same in small letters. */
  line: { typed: string; small: string }
  /** Calls so far: the server looked for so many and no more. */
  calls: number
}

export const envOf = ({ people, rooms, all }: Named, slug: string): NamedEnv => ({
  slug,
  all,
  people: people
    .map(({ id, name }) => ({ id, typed: name.toLowerCase() }))
    .sort((a, b) => b.typed.length - a.typed.length),
  rooms: new Set(rooms),
  line: { typed: '', small: '' },
  calls: 0,
})

/** A line in small letters, place for place: made once, however many `@` are in it. */
function smallOf(env: NamedEnv, typed: string): string {
  if (env.line.typed !== typed) {
    const small = typed.toLowerCase()
    // A few letters become two.
    env.line = { typed, small: small.length === typed.length ? small : typed }
  }
  return env.line.small
}

const inWord = /[\p{L}\p{M}\p{N}_]/u

/** Whether no word goes on at a place, so that a name may begin or end there. */
function isApart(text: string, at: number, isBefore: boolean): boolean {
  const before = text.codePointAt(at - 2) ?? 0
  const start = isBefore ? at - (before > 0xffff ? 2 : 1) : at
  return start < 0 || !inWord.test(String.fromCodePoint(text.codePointAt(start) ?? 32))
}

const envIn = (state: StateInline) => state.env as unknown as NamedEnv

/** `@name`, `@room`: a call. Nothing of it is another's Markdown, whatever the name is made of. */
export const mention: InlineRule = (state, silent) => {
  if (state.src.charCodeAt(state.pos) !== 0x40 || state.linkLevel > 0) return false
  const env = envIn(state)
  const { people, all, slug } = env
  if (env.calls >= limits.namedCandidates) return false
  if ((people.length === 0 && !all) || !isApart(state.src, state.pos, true)) return false
  const start = state.pos + 1
  const small = smallOf(env, state.src)
  const isTyped = (name: string) => {
    const end = start + name.length
    return small.startsWith(name, start) && end <= state.posMax && isApart(state.src, end, false)
  }
  const person = people.find(({ typed }) => isTyped(typed))
  if (person && !silent) env.calls++
  if (person) {
    const attributes: [string, string][] = [
      ['class', 'mention'],
      // Of the same name there may be several, and each of them is called.
      ['data-person', namesakes(people, person.typed).join(' ')],
      ['href', `/r/${slug}/members/${person.id}`],
    ]
    return take(state, silent, { tag: 'a', attributes, length: person.typed.length + 1 })
  }
  if (!all || !isTyped('room')) return false
  const attributes: [string, string][] = [
    ['class', 'mention'],
    ['data-all', ''],
  ]
  return take(state, silent, { tag: 'strong', attributes, length: 5 })
}

const namesakes = (people: NamedEnv['people'], name: string): number[] =>
  people.filter(({ typed }) => typed === name).map(({ id }) => id)

const roomSign = /#([a-z\d][a-z\d_-]*)/y

/** `#slug`: a link to a room. */
export const roomLink: InlineRule = (state, silent) => {
  if (state.src.charCodeAt(state.pos) !== 0x23 || state.linkLevel > 0) return false
  const { rooms } = envIn(state)
  if (rooms.size === 0 || !isApart(state.src, state.pos, true)) return false
  roomSign.lastIndex = state.pos
  const typed = roomSign.exec(state.src)?.[1]
  // A hyphen behind it may be the sentence's.
  const slug = [typed, typed?.replace(/[-_]+$/, '')].find((one) => one && rooms.has(one))
  if (!slug || state.pos + 1 + slug.length > state.posMax) return false
  if (!isApart(state.src, state.pos + 1 + slug.length, false)) return false
  const attributes: [string, string][] = [
    ['class', 'room-link'],
    ['href', `/r/${slug}`],
  ]
  return take(state, silent, { tag: 'a', attributes, length: slug.length + 1 })
}

type Sign = { tag: 'a' | 'strong'; attributes: [string, string][]; length: number }

/** Puts the element around what was typed, and goes on behind it. */
function take(state: StateInline, silent: boolean, { tag, attributes, length }: Sign): true {
  const end = state.pos + length
  if (!silent) {
    // `link_open`, for the rule that looks for addresses, which leaves alone what is a link already.
    const kind = tag === 'a' ? 'link' : 'strong'
    const open = state.push(`${kind}_open`, tag, 1)
    open.attrs = attributes
    open.meta = { isOurs: true }
    state.push('text', '', 0).content = state.src.slice(state.pos, end)
    state.push(`${kind}_close`, tag, -1).meta = { isOurs: true }
  }
  state.pos = end
  return true
}
