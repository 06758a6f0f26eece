import { couldBeCustom, standardEmoji } from '../../chat/named-emoji.ts'
import type { InlineRule } from './named.ts'

const name = /:([a-z\d+_-]{1,60}):/y
const inWord = /[\p{L}\p{N}]/u

/**
 * `:name:` is the emoji of that name. One that could be of the server's own stays as it was typed, and
 * browsers put its picture there, so that the same text is the same for ever.
 */
export const emojiName: InlineRule = (state, silent) => {
  const { pos, src } = state
  if (src.charCodeAt(pos) !== 0x3a || !mayBegin(state)) return false
  name.lastIndex = pos
  const typed = name.exec(src)?.[1]
  const emoji = typed && standardEmoji.get(typed)
  const end = pos + (typed?.length ?? 0) + 2
  if (typed === undefined || end > state.posMax) return false
  if (!emoji && (!couldBeCustom(typed) || inWord.test(src[end] ?? ''))) return false
  if (!silent && emoji) state.pending += emoji
  // Made of letters, digits and three signs.
  else if (!silent) {
    const html = `<span data-emoji="${typed}">:${typed}:</span>`
    state.push('html_inline', '', 0).content = html
  }
  state.pos = end
  state.env[ended] = end
  return true
}

/** Not within a word, and not where `a::b` has its second colon, unless an emoji has just ended there. */
function mayBegin({ pos, src, env }: Parameters<InlineRule>[0]): boolean {
  const before = src[pos - 1] ?? ''
  return before === ':' ? env[ended] === pos : !inWord.test(before)
}

/** Where in a line the last emoji ended. */
const ended = Symbol('where an emoji ended')
