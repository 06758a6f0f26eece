import { parse, type Source } from './source.ts'

/** Parses samples that exist nowhere: path → lines. */
export function sample(files: Record<string, string[]>): Promise<Source[]> {
  return parse(Object.entries(files).map(([path, lines]) => ({ path, text: lines.join('\n') })))
}
