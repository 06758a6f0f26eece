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
  if (src.charCodeAt(pos) !== 0x3a || (pos > 0 && inWord.test(src[pos - 1] ?? ''))) return false
  name.lastIndex = pos
  const typed = name.exec(src)?.[1]
  const emoji = typed && standardEmoji.get(typed)
  const end = pos + (typed?.length ?? 0) + 2
  if (typed === undefined || end > state.posMax) return false
  if (!emoji && !couldBeCustom(typed)) return false
  if (!silent && emoji) state.pending += emoji
  else if (!silent) {
    state.push('span_open', 'span', 1).attrSet('data-emoji', typed)
    state.push('text', '', 0).content = `:${typed}:`
    state.push('span_close', 'span', -1)
  }
  state.pos = end
  return true
}
