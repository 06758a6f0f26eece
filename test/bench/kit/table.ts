/** Tables for the terminal and for Markdown. The first column is words, the others are figures. */

/** Every row has as many cells as there are columns. */
export type Table = { columns: string[]; rows: string[][] }

/** A table as text for a terminal, its columns lined up. */
export function printed(table: Table): string {
  const widths = widthsOf(table, 1)
  const rule = widths.map((width) => '─'.repeat(width))
  const [head = [], ...rows] = linedUp(table, widths)
  return [head, rule, ...rows].map((cells) => cells.join('  ').trimEnd()).join('\n')
}

/** A table in Markdown, lined up as the formatter has it. */
export function markdown(table: Table): string {
  const widths = widthsOf(table, 3)
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  const [head = [], ...rows] = linedUp(table, widths)
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const widthsOf = ({ columns, rows }: Table, least: number) =>
  columns.map((_, at) => Math.max(least, ...[columns, ...rows].map((row) => row[at]?.length ?? 0)))

const linedUp = ({ columns, rows }: Table, widths: number[]) =>
  [columns, ...rows].map((row) =>
    widths.map((width, at) => (at === 0 ? row[at]?.padEnd(width) : row[at]?.padStart(width)) ?? ''),
  )
