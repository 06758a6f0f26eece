/**
 * The tests that also run on Docker Compose, behind nginx, and what differs there. All others run
 * once, in `npm test`, against Node alone.
 *
 *   tsx test/compose.ts 1|3     prints the names of the files that run with so many backends
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

type Composed = {
  file: string
  /** What is there behind nginx, or with several backends, and nowhere else. */
  why: string
  backends: 1 | 3
}

const composed: readonly Composed[] = [
  { file: 'stack/files', why: 'uploads pass unbuffered; ranges are not compressed', backends: 1 },
  { file: 'stack/headers', why: 'nginx adds headers, caching and compression', backends: 1 },
  { file: 'stack/login-header', why: 'nginx removes the header', backends: 1 },
  { file: 'stack/nginx', why: 'the shell, SSI, stamped assets and what is internal', backends: 1 },
  { file: 'stack/pages', why: 'nginx puts pages together', backends: 1 },
  { file: 'stack/refusals', why: 'nginx refuses addresses and bodies by itself', backends: 1 },
  { file: 'stack/terminal', why: 'nginx routes by Accept and by method', backends: 1 },
  { file: 'stack/wire', why: 'nginx parses the requests', backends: 1 },
  { file: 'stack/access', why: 'rights and bans hold at every backend', backends: 3 },
  { file: 'stack/nonce', why: 'copies of a post arrive at several backends', backends: 3 },
  { file: 'stack/removal', why: 'a removal ends waits at every backend', backends: 3 },
  { file: 'stack/waiting', why: 'nginx holds waits; posts are heard elsewhere', backends: 3 },
  { file: 'browser/away', why: 'nginx serves the bare shell', backends: 3 },
  { file: 'browser/files', why: 'sent to one backend, previewed and read by another', backends: 3 },
  {
    file: 'browser/passkeys',
    why: 'nginx tells the origin; a ceremony crosses backends',
    backends: 3,
  },
  { file: 'browser/tabs', why: 'the shared worker comes from a stamped address', backends: 3 },
  { file: 'browser/talking', why: 'two people are at two backends', backends: 3 },
]

/** The names to give to the runner. Throws where a file of `stack/` is not in the list. */
function filesWith(backends: number): string[] {
  const stack = readdirSync(fileURLToPath(new URL('stack/', import.meta.url)))
  const tests = stack.filter((name) => name.endsWith('.test.ts'))
  const names = tests.map((name) => `stack/${name.replace('.test.ts', '')}`)
  const missing = names.filter((name) => !composed.some(({ file }) => file === name))
  if (missing.length > 0) throw new Error(`test/compose.ts lacks ${missing.join(', ')}`)
  return composed.filter((one) => one.backends === backends).map(({ file }) => `${file}.test`)
}

console.log(filesWith(Number(process.argv[2])).join('\n'))
