/**
 * The numbers in what is posted. They stand in the text itself, so that they can be followed through
 * whatever carries it; all have the same length, and so have the messages.
 */

const mark = 'number-'
const digits = 6

/** The number before the first. */
export const before_first = 700_000

/** What a waiter must keep of the end of a piece, to see a mark that is cut in two. */
const tail_chars = mark.length + digits - 1

/** A text as people write them, with its number in it. */
export const textOf = (number: number): string =>
  `This is ${mark}${number} of what is said here today, and nobody will miss it.`

/** The numbers in a piece of text, in order. @returns how far it has been read */
export function readMarks(text: string, found: (number: number) => void): number {
  let read = 0
  for (;;) {
    const at = text.indexOf(mark, read)
    const end = at + mark.length + digits
    if (at < 0 || end > text.length) return Math.max(read, text.length - tail_chars)
    found(Number(text.slice(at + mark.length, end)))
    read = end
  }
}
