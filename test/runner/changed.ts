/** Which test files a change concerns: those that import what has changed, however indirectly. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { project } from '../project.ts'

/**
 * What no import says: the layers that a change below a folder concerns. A server is started by a
 * command, and a page is asked for by its address.
 */
const byFolder: [folder: string, layers: string[]][] = [
  ['public/', ['tidy', 'stack', 'browser']],
  ['handlers/pages/', ['stack', 'browser']],
  ['handlers/local/', ['local']],
  ['handlers/node.ts', ['stack']],
  ['sql/', ['chat', 'live', 'handlers', 'stack']],
  ['test/runner/', ['runner']],
  ['package', ['tidy', 'runner', 'local', 'chat', 'live', 'handlers', 'stack', 'browser']],
]

/**
 * The layers and test files to run after a change.
 * @param since a commit; what is not committed belongs to the change
 * @param root the clone to look at
 * @returns names as the runner takes them; empty where nothing has changed
 */
export function concernedBy(since: string, root = project): string[] {
  const changed = changedSince(since, root)
  const importers = importersOf(sources(root), root)
  const reached = new Set<string>()
  const reach = (path: string) => {
    if (reached.has(path)) return
    reached.add(path)
    for (const importer of importers.get(path) ?? []) reach(importer)
  }
  changed.forEach(reach)
  const tests = [...reached].filter((path) =>
    /^test\/(?!runner\/fixtures).*\.test\.tsx?$/.test(path),
  )
  const layers = byFolder
    .filter(([folder]) => changed.some((path) => path.startsWith(folder)))
    .flatMap(([, names]) => names)
  const always = changed.some((path) => /^(handlers|test)\//.test(path)) ? ['tidy'] : []
  return [...new Set([...layers, ...always, ...tests.map((path) => path.slice('test/'.length))])]
}

/** Paths in the project that differ from a commit, with those that git does not know yet. */
function changedSince(since: string, root: string): string[] {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
  return [
    ...git('diff', '--name-only', since, '--'),
    ...git('ls-files', '--others', '--exclude-standard'),
  ]
}

function sources(root: string): string[] {
  return ['handlers', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => /\.(tsx?|mjs)$/.test(path)),
  )
}

/** `from './a.ts'`, `import './a.ts'`, `import('./a.ts')`, `new URL('./a.ts', import.meta.url)`. */
const imported = /(?:\bfrom |\bimport |\bimport\(|\bnew URL\()'(\.{1,2}\/[^']+)'/g

/** Each file, with those that import it. */
function importersOf(paths: string[], root: string): Map<string, string[]> {
  const importers = new Map<string, string[]>()
  for (const path of paths) {
    for (const [, name = ''] of readFileSync(join(root, path), 'utf8').matchAll(imported)) {
      const target = normalize(join(dirname(path), name)).replaceAll('\\', '/')
      importers.set(target, [...(importers.get(target) ?? []), path])
    }
  }
  return importers
}
