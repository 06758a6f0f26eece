import { limits } from '../limits.ts'
import { invalid, type Refusal } from './refusal.ts'
import { characters, oneLine } from './text.ts'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
const named = /^:[a-z0-9_+-]{1,32}:$/
// What is shown as text unless it is asked to be an emoji, such as ❤: the digits are none.
const textual = /^(?!\p{Emoji_Presentation})(?![0-9#*])\p{Emoji}$/u
const VARIATION = '\u{fe0f}'

/**
 * A reaction as it is kept: one grapheme, or a `:name:`. An emoji that comes with or without the
 * sign that makes it one (U+FE0F) is the same.
 * @returns `invalid` for anything else.
 */
export function readEmoji(typed: string | undefined): string | Refusal {
  const text = typed?.trim() ?? ''
  // Before it is looked at letter by letter.
  if (text.length > limits.reactionChars * 2) return noEmoji()
  if (named.test(text)) return text
  const isOne = [...graphemes.segment(text)].length === 1
  const isShown = oneLine(text) !== ''
  if (!isOne || !isShown || characters(text) > limits.reactionChars) {
    return noEmoji()
  }
  const bare = text.endsWith(VARIATION) ? text.slice(0, -1) : text
  return textual.test(bare) ? bare + VARIATION : text
}

const noEmoji = () => invalid({ emoji: 'A reaction is one emoji or other character, or a :name:.' })
