/** What texts cost that people write. */
import { renderBody } from '../../../handlers/pages/markdown/body.ts'
import { nobody } from '../../../handlers/pages/markdown/named.ts'
import { microseconds, percentile } from '../kit/figures.ts'
import type { Table } from '../kit/table.ts'

const texts = 2_000
const rounds = 15

/** Texts of a kind, each another one. */
const kinds: [what: string, text: (n: number) => string][] = [
  ['plain: a sentence', (n) => `Two degrees at six this morning, said number ${n} & the others.`],
  ['plain: three lines', (n) => `Who waters this week?\nI can do Tuesday\nand Thursday, ${n}.`],
  ['an address in a sentence', (n) => `Take some home: https://example.org/rhubarb/${n}, please.`],
  ['emphasis and code in it', (n) => `That is **not** what \`read(${n})\` does, is it?`],
  ['a list of three', (n) => `Bring:\n\n- beans ${n}\n- a spade\n- string`],
  ['ten lines of code', (n) => `\`\`\`ts\n${`const a${n} = read("b", 3) // c\n`.repeat(10)}\`\`\``],
]

/** A row for each kind: the first time, when it is known, and what is the least that could be done. */
export function usual(): Table {
  const render = (body: string) => renderBody(body, nobody, 'room').length
  return {
    columns: ['a text that people write', 'the first time', 'again', 'escaped and no more'],
    rows: kinds.map(([what, text]) => {
      const each_us = [
        measured(render, (n, round) => text(n + 10_000 * (round + 1))),
        measured(render, (n) => text(n % 100)),
        measured(escaped, text),
      ]
      return [what, ...each_us.map(microseconds)]
    }),
  }
}

/** Seconds for one text, the median of the rounds; to make the texts is not in it. */
function measured(
  work: (body: string) => number,
  text: (n: number, round: number) => string,
): number {
  let chars = 0
  const taken = Array.from({ length: rounds }, (_, round) => {
    const bodies = Array.from({ length: texts }, (_, n) => text(n, round))
    const start = performance.now()
    for (const body of bodies) chars += work(body)
    return performance.now() - start
  })
  if (chars === 0) throw new Error('Nothing was made of the texts.')
  // The first rounds teach the compiler.
  return percentile(taken.slice(3), 0.5) / 1000 / texts
}

const escaped = (body: string): number =>
  body.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`).length
