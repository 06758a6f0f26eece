import names from './emoji-names.json' with { type: 'json' }
import type { InlineRule } from './named.ts'

const byName = new Map(Object.entries(names))

const name = /:([a-z\d+_-]{1,60}):/y
const inWord = /[\p{L}\p{N}]/u

/** `:name:` is the emoji of that name; a name that there is not stays as it was typed. */
export const emojiName: InlineRule = (state, silent) => {
  const { pos, src } = state
  if (src.charCodeAt(pos) !== 0x3a || (pos > 0 && inWord.test(src[pos - 1] ?? ''))) return false
  name.lastIndex = pos
  const typed = name.exec(src)?.[1]
  const emoji = typed && byName.get(typed)
  const end = pos + (typed?.length ?? 0) + 2
  if (!emoji || end > state.posMax) return false
  if (!silent) state.pending += emoji
  state.pos = end
  return true
}
