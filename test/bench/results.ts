/** The last figures of each benchmark, as a file that people read. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { benches } from './benches.ts'
import type { Bench, Report } from './kit/bench.ts'
import { markdown } from './kit/table.ts'
import { machine } from './machine.ts'

/** Where the figures are kept, relative to the project. */
export const resultsFile = 'test/bench/RESULTS.md'

const path = fileURLToPath(new URL('./RESULTS.md', import.meta.url))

const head = `# Results of the benchmarks

Written by \`npm run bench\`: the last run of each, with its date, machine and server. No test asserts
a time: figures of different machines, and of a busy one, do not compare.
`

/** Puts a benchmark's figures in place of its last ones; those of the others stay. */
export async function keep({ name, shows }: Bench, report: Report): Promise<void> {
  const sections = parse(await readFile(path, 'utf8').catch(() => ''))
  const tables = report.tables.map(markdown)
  const about = `${shows[0]?.toUpperCase()}${shows.slice(1)}.\n\n${machine()}  \n${report.server}`
  sections.set(name, [about, ...tables, ...report.notes].join('\n\n'))
  const known = benches.filter((bench) => sections.has(bench.name))
  const texts = known.map((bench) => `## ${bench.name}\n\n${sections.get(bench.name)}\n`)
  await writeFile(path, [head, ...texts].join('\n'))
}

/** The sections of the file by their names. */
function parse(text: string): Map<string, string> {
  const sections = text.split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n')
      return [section.slice(0, end).trim(), section.slice(end).trim()]
    }),
  )
}
