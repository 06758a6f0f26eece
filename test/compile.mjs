// Compiles handlers/ and test/ once for a run, into a mirror of the project in dist/test/. A test
// process then loads plain JavaScript, where a compiler in each process costs about a second of CPU.
//
// The mirror holds the sources too, and links to all else at the top level, so that
// `new URL('../sql', import.meta.url)` finds in it what it finds in the project.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const project = fileURLToPath(new URL('..', import.meta.url))
const mirror = join(project, 'dist/test')
/** `sql` because tests copy it, and a copy of a link is a link. */
const copied = ['handlers', 'test', 'sql']
/** `dist` would hold itself; a link to `.git` would make the mirror a repository. */
const leftOut = ['dist', '.git', '.data', ...copied]

/**
 * Brings the mirror up to date. It may be in use by another run meanwhile: a file is replaced whole,
 * and only where it differs.
 * @returns {Promise<string>} the folder of the mirror
 */
export async function compile() {
  const sources = copied.flatMap((folder) => filesIn(join(project, folder)))
  const files = new Map(sources.map((file) => [relative(project, file), readFileSync(file)]))
  for (const { path, contents } of await compiled(sources.filter((file) => /\.tsx?$/.test(file)))) {
    files.set(relative(mirror, path), contents)
  }
  for (const [path, contents] of files) put(join(mirror, path), contents)
  for (const folder of copied) removeAllBut(files, join(mirror, folder))
  linkTheRest()
  return mirror
}

async function compiled(entryPoints) {
  const { outputFiles } = await build({
    entryPoints: entryPoints.filter((file) => !file.endsWith('.d.ts')),
    outdir: mirror,
    outbase: project,
    absWorkingDir: project,
    format: 'esm',
    // The oldest Node that package.json allows; `with { type: 'json' }` came with 20.10.
    target: 'node20.11',
    sourcemap: 'linked',
    write: false,
    logLevel: 'warning',
  })
  return outputFiles.map(({ path, text }) => ({
    path,
    contents: Buffer.from(path.endsWith('.js') ? toJavaScriptNames(text) : text),
  }))
}

/** Imports and addresses of modules as esbuild prints them: `from "./a.ts"`, `import("./a.ts")`. */
const ofModule =
  /^((?:import|export|\}).* from |import |.*\bimport\(|.*\bnew URL\()"(\.{1,2}\/[^"]*)\.tsx?"/gm

const toJavaScriptNames = (text) => text.replace(ofModule, '$1"$2.js"')

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

function put(file, contents) {
  if (contentsOf(file)?.equals(contents)) return
  mkdirSync(dirname(file), { recursive: true })
  const whole = `${file}.${process.pid}`
  writeFileSync(whole, contents)
  renameSync(whole, file)
}

function contentsOf(file) {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** What an earlier run has left of a source that is gone could hide that something still needs it. */
function removeAllBut(files, folder) {
  for (const file of filesIn(folder)) {
    if (!files.has(relative(mirror, file))) rmSync(file, { force: true })
  }
}

function linkTheRest() {
  for (const name of readdirSync(project)) {
    if (leftOut.includes(name)) continue
    const link = join(mirror, name)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    symlinkSync(join(project, name), link)
  }
}
