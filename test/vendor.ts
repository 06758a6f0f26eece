/**
 * Copies what the browser gets from packages into `public/vendor/`.
 *
 *   npm run vendor              write the copies
 *   npm run vendor -- --check   exit 1 when a copy is not the package's
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emojiFiles } from './vendor-emoji.ts'

const project = fileURLToPath(new URL('../', import.meta.url))
const packages = join(project, 'node_modules')

/** Where the copies stand. */
export const vendorFolder = join(project, 'public/vendor')

/** The one file that the server itself reads. */
const namesFile = join(project, 'handlers/chat/emoji-names.json')

/** File in `public/vendor/` → the file in `node_modules/` that it is a copy of. */
export const copies: Record<string, string> = {
  'htmx.min.js': 'htmx.org/dist/htmx.min.js',
  'hx-upsert.min.js': 'htmx.org/dist/ext/hx-upsert.min.js',
  'htmx.LICENSE.txt': 'htmx.org/LICENSE',
  'icons.LICENSE.txt': 'lucide-static/LICENSE',
  'emoji.LICENSE.txt': 'emojibase-data/LICENSE',
}

/** Lucide's names of the icons in `icons.svg`; each is the `id` of its symbol there. */
export const icons = [
  'arrow-down',
  'arrow-left',
  'hash',
  'lock',
  'plus',
  'search',
  'send-horizontal',
  'smile',
]

/** The same of `acts.svg`, which comes with what may be done about a message. */
export const actIcons = ['smile-plus', 'reply', 'pencil', 'ellipsis']

/**
 * What `public/vendor/` has to hold.
 * @returns file name → content; throws when a package or an icon is not installed
 */
export function vendored(): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (const [name, source] of Object.entries(copies)) {
    files.set(name, readFileSync(join(packages, source)))
  }
  files.set('emoji.json', emojiFiles(packages).picker)
  return files
    .set('icons.svg', Buffer.from(sprite(icons)))
    .set('acts.svg', Buffer.from(sprite(actIcons)))
}

/**
 * Compares a folder with what it has to hold.
 * @returns one line for each file that is missing, differs, or has no package; empty when all is well
 */
export function differences(folder: string = vendorFolder): string[] {
  const expected = vendored()
  const found = existsSync(folder) ? readdirSync(folder) : []
  const lines = found
    .filter((name) => !expected.has(name))
    .map((name) => `public/vendor/${name} comes from no package`)
  for (const [name, content] of expected) {
    if (!found.includes(name)) lines.push(`public/vendor/${name} is missing`)
    else if (!content.equals(readFileSync(join(folder, name))))
      lines.push(`public/vendor/${name} is not the package's`)
  }
  if (folder === vendorFolder && !emojiFiles(packages).names.equals(readFileSync(namesFile))) {
    lines.push("the emoji's names are not the package's")
  }
  return lines
}

/** One SVG file with a `<symbol>` for each icon, for `<use href="…/icons.svg#plus">`. */
function sprite(names: readonly string[]): string {
  const { version } = JSON.parse(
    readFileSync(join(packages, 'lucide-static/package.json'), 'utf8'),
  ) as { version: string }
  return [
    `<!-- lucide-static ${version}, ISC: see icons.LICENSE.txt -->`,
    '<svg xmlns="http://www.w3.org/2000/svg">',
    ...names.map(symbol),
    '</svg>\n',
  ].join('\n')
}

/** The drawing of one icon; Lucide's stroke stands on the symbol, so that a `<use>` needs no style. */
function symbol(name: string): string {
  const svg = readFileSync(join(packages, 'lucide-static/icons', `${name}.svg`), 'utf8')
  const drawing = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1]
  if (!drawing) throw new Error(`lucide-static's ${name}.svg is not the SVG it used to be`)
  const stroke =
    'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
  const shapes = drawing.trim().replace(/\s*\n\s*/g, '')
  return `<symbol id="${name}" viewBox="0 0 24 24" ${stroke}>${shapes}</symbol>`
}

function write(): void {
  mkdirSync(vendorFolder, { recursive: true })
  for (const [name, content] of vendored()) {
    writeFileSync(join(vendorFolder, name), content)
    console.log(`public/vendor/${name}`)
  }
  writeFileSync(namesFile, emojiFiles(packages).names)
}

function check(): void {
  const lines = differences()
  for (const line of lines) console.error(line)
  if (lines.length === 0) return
  console.error('Run: npm run vendor')
  process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) check()
  else write()
}
