/** Code that is slow to colour, or tries to leave its block. */
import { limits } from '../../handlers/limits.ts'
import { languageNames } from '../../handlers/pages/markdown/highlight.ts'
import type { Hostile } from './hostile.ts'

const most = limits.highlightedChars - 100
const line = limits.highlightedLineChars

/** A pattern in lines as long as may be. */
const lines = (pattern: string): string =>
  `${pattern.repeat(Math.floor((line - 1) / pattern.length))}\n`.repeat(Math.floor(most / line))

const bodies: [what: string, text: string][] = [
  ['markup', '</code></pre><script>window.canary=1</script><img src=x onerror=window.canary=1>'],
  ['a line that is too long', `${'a'.repeat(most)}!`],
  ['brackets', lines('(<{[')],
  ['quotes', lines(`"'\``)],
  ['words', lines(`${'a'.repeat(limits.highlightedWordChars)} `)],
  ['words in types', lines(`${'a'.repeat(limits.highlightedWordChars)}<`)],
  ['words in names', lines(`${'a'.repeat(limits.highlightedWordChars)}::`)],
  ['a word in parts', lines('a_1$')],
  ['blanks', `${' '.repeat(line - 1)}\n`.repeat(14).concat('x')],
  ['short words', lines('a ')],
  ['digits', lines('0x1e1_')],
  ['calls', lines('f(a,b)<T>::')],
  ['comments', lines('/*//#--<!--')],
  ['assignments', lines('a=b:c@d$e;')],
  ['short lines', 'a:\n- b\n'.repeat(most / 7)],
]

export const code: readonly Hostile[] = languageNames.flatMap((language) =>
  bodies.map(
    ([what, text]): Hostile => [`${what} as ${language}`, `\`\`\`${language}\n${text}\n\`\`\``],
  ),
)
