// Readies public/ for nginx, when its image is built: `node stamp.mjs FROM TO`.
//
//   TO/public/     the files; wherever one names another, the address gets the version behind it
//                  (`/natter.css?v=…`), a style sheet has in itself what it imports, scripts and
//                  styles lose what only people read, and each text has its compressed twin (.gz)
//                  beside it
//   TO/assets.map  for nginx: the version whose addresses never change
//
// The version is a hash of all files together. With a hash of its own for each, a module would need
// to know those of the modules it imports before its own, and one that two pages name differently
// would be loaded twice.
import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'

const NAMES_OTHERS = {
  html: /\b(?:href|src)="([^"?#:]+)/g,
  css: /\burl\(["']?([^"')?#:]+)/g,
  js: /\b(?:from|import|SharedWorker|fetch|href:)\s*\(?\s*["']([^"'?#:]+)/g,
}
const IMPORTED = /^@import "([^"?#:]+)";$/gm
const MINIFIED = /^\/(?!vendor\/).*\.(css|js)$/
const COMPRESSED = /\.(css|js|json|svg|txt|webmanifest)$/
const COMPRESSED_BYTES_MIN = 256

const [from, to] = process.argv.slice(2)
if (!from || !to) {
  console.error('Usage: node stamp.mjs FROM TO')
  process.exit(2)
}

const folder = join(to, 'public')
cpSync(from, folder, { recursive: true, filter: (file) => !file.endsWith('.d.ts') })
const files = new Map(filesIn(folder).map((file) => [addressOf(file), file]))
const version = versionOf(files)
for (const [address, file] of files) if (address.endsWith('.css')) takeIn(address, file)
for (const [address, file] of files) stamp(address, file)
for (const file of files.values()) compress(file)
writeFileSync(join(to, 'assets.map'), `${version} "public, max-age=31536000, immutable";\n`)

function filesIn(root) {
  return readdirSync(root, { recursive: true })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile())
    .sort()
}

function addressOf(file) {
  return `/${relative(folder, file).split(sep).join('/')}`
}

function versionOf(named) {
  const hash = createHash('sha256')
  for (const [address, file] of named) hash.update(`${address}\n`).update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

/**
 * Puts the parts of a style sheet where it imports them, in place of files of their own. A part imports
 * nothing itself.
 */
function takeIn(address, file) {
  const whole = readFileSync(file, 'utf8').replace(IMPORTED, (_, named) => {
    const part = posix.resolve(posix.dirname(address), named)
    const text = readFileSync(files.get(part), 'utf8')
    rmSync(files.get(part))
    files.delete(part)
    return text
  })
  writeFileSync(file, whole)
}

/** Puts the version behind the addresses of other files; pages keep theirs. */
function stamp(address, file) {
  const pattern = NAMES_OTHERS[address.split('.').at(-1)]
  if (!pattern) return
  const stamped = readFileSync(file, 'utf8').replace(pattern, (whole, named) => {
    const target = posix.resolve(posix.dirname(address), named)
    return files.has(target) && !target.endsWith('.html') ? `${whole}?v=${version}` : whole
  })
  writeFileSync(file, MINIFIED.test(address) ? minified(address, stamped) : stamped)
}

/** Each file for itself, so that what is served is what stands in public/, without its comments. */
function minified(address, text) {
  const loader = address.endsWith('.css') ? 'css' : 'js'
  return transformSync(text, { loader, minify: true, target: 'es2022' }).code
}

function compress(file) {
  const content = readFileSync(file)
  if (!COMPRESSED.test(file) || content.length < COMPRESSED_BYTES_MIN) return
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
}
