/** Talk made of words as often as words are in talk: the second half as often as the first, and so on. */

/** Words that there are. */
const vocabulary = 60_000
const consonants = 'bcdfghjklmnprstvwz'
const vowels = 'aeiou'
/** The shortest message, and how much longer the longest is. */
const [least, more] = [3, 14]

export type Talk = {
  /** The next message. */
  message(): string
  /** The word of that rank: 1 is the most frequent. */
  word(rank: number): string
}

/** The same talk at each call. */
export function talk(): Talk {
  const next = numbers(12_345)
  const words = wordsBy(next)
  const word = (rank: number) => words[Math.min(words.length, Math.max(1, rank)) - 1] ?? ''
  // Zipf: as frequent as one by its rank.
  const any = () => word(Math.floor(Math.exp(next() * Math.log(vocabulary))))
  return {
    word,
    message: () => Array.from({ length: least + Math.floor(next() * more) }, any).join(' '),
  }
}

/** Words, the frequent ones shorter. */
function wordsBy(next: () => number): string[] {
  const any = (letters: string) => letters[Math.floor(next() * letters.length)] ?? ''
  const words = new Set<string>()
  while (words.size < vocabulary) {
    const syllables =
      1 + Math.floor(next() * 2) + Math.floor(Math.log(words.size + 2) / Math.log(12))
    const word = Array.from({ length: syllables }, () => any(consonants) + any(vowels)).join('')
    words.add(next() < 0.3 ? `${word}n` : word)
  }
  return [...words]
}

/** Tommy Ettinger's generator, from 0 to 1. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
