import { limits } from '../../limits.ts'

/** A part of a message's text, and what in it was looked for: from where to where, in UTF-16 units. */
export type Excerpt = { text: string; marks: { from: number; to: number }[] }

/** What was looked for, in lower case: whole words, what words begin with, and what they have in them. */
export type Looked = { words: string[]; beginnings: string[]; parts: string[] }

const word = /[\p{L}\p{N}]+/gu

/** The part of a text in which something that was looked for stands first. */
export function excerptOf(body: string, looked: Looked): Excerpt {
  const marks = marksIn(body, looked)
  const first = marks[0]?.from ?? 0
  const begin =
    first > limits.excerptChars / 2 ? wholeFrom(body, first - limits.excerptChars / 4) : 0
  const end = wholeTo(body, begin + limits.excerptChars)
  const before = begin > 0 ? '…' : ''
  const shift = before.length - begin
  return {
    text: `${before}${body.slice(begin, end)}${end < body.length ? '…' : ''}`,
    marks: marks
      .filter(({ from, to }) => from >= begin && to <= end)
      .slice(0, limits.excerptMarks)
      .map(({ from, to }) => ({ from: from + shift, to: to + shift })),
  }
}

function marksIn(body: string, { words, beginnings, parts }: Looked): Excerpt['marks'] {
  const whole = new Set(words.flatMap((one) => one.match(word) ?? []))
  const marks: Excerpt['marks'] = []
  for (const { 0: found, index } of body.matchAll(word)) {
    const lower = found.toLowerCase()
    const isLooked =
      whole.has(lower) ||
      beginnings.some((one) => lower.startsWith(one)) ||
      parts.some((one) => lower.includes(one))
    if (isLooked) marks.push({ from: index, to: index + found.length })
    // Those that follow are in no excerpt.
    const [first] = marks
    if (first && index > first.from + limits.excerptChars) break
  }
  return marks
}

/** Half of a surrogate pair is no character. */
const isInside = (text: string, at: number): boolean =>
  at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff

const wholeFrom = (text: string, at: number): number => (isInside(text, at) ? at + 1 : at)

const wholeTo = (text: string, at: number): number =>
  at >= text.length ? text.length : isInside(text, at) ? at - 1 : at
