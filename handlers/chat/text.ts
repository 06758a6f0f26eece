import { limits } from '../limits.ts'
import { invalid, Refusal } from './refusal.ts'

/** Characters as PostgreSQL counts them: code points. */
export const characters = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

/**
 * Whether a text can be stored and given back as it is: PostgreSQL holds no NUL, and half a
 * surrogate pair is no UTF-8.
 */
export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** What cannot be stored in any text. Lists nothing of the text itself. */
export const unstorable = () =>
  new Refusal('malformed', 'The text holds a NUL or is not valid UTF-8. Remove it and send again.')

/**
 * A message's text as it is stored: line breaks as `\n`, no white space at its end. What stands
 * before the first word is kept, since code and lists begin with spaces.
 * @param mayBeEmpty whether a text that shows nothing is none, and not refused.
 */
export function messageBody(value: string | undefined, mayBeEmpty = false): string | Refusal {
  if (value !== undefined && !isStorable(value)) return unstorable()
  // Not `\s+$`: tried at each space of a long run, it costs the square of the run's length.
  const body = (value ?? '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd()
  if (!seen.test(body)) return mayBeEmpty ? '' : invalid({ body: 'Write something first.' })
  // Counting takes longer than all else here, and there are never more than that.
  if (body.length <= limits.messageChars) return body
  const length = characters(body)
  if (length <= limits.messageChars) return body
  return new Refusal(
    'too_large',
    `A message holds at most ${limits.messageChars.toLocaleString('en')} characters; this one has ${length.toLocaleString('en')}. Send it in parts.`,
  )
}

// Control characters, and those that turn the direction of what follows: a name stands among others' text.
const unseen =
  /[\p{Cc}\u{ad}\u{200b}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2069}\u{feff}\u{061c}]/gu

// What joins or varies letters and emoji, and blanks that are no white space, show nothing by themselves.
const seen = /[^\p{Default_Ignorable_Code_Point}\p{Cc}\u{2800}\s]/u

/** Whether anything of a text can be seen. */
export const isSeen = (text: string): boolean => seen.test(text)

/** A name or topic as it is stored: one line, single spaces, nothing invisible. */
export function oneLine(value: string): string {
  const line = value
    .replace(/[^\S\ufeff]+/g, ' ')
    .replace(unseen, '')
    .replace(/ +/g, ' ')
    .trim()
  return seen.test(line) ? line : ''
}

/** A field of one line, from `least` to `most` characters; a sentence when it is not. */
export function lineField(value: string, what: string, least: number, most: number) {
  const line = oneLine(value)
  const length = characters(line)
  if (length < least) return { problem: `${what} is missing.` }
  if (length > most) return { problem: `${what} has ${length} characters; at most ${most} fit.` }
  return { line }
}

const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cc}\u{2800}]/gu

/**
 * A name as names are compared: two that differ in large and small letters alone, in what is
 * invisible or in how a letter is put together are one. Letters of another script that look alike
 * are others.
 */
export const loginOf = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(invisible, '')
    .replace(/\s+/g, ' ')
    .trim()
