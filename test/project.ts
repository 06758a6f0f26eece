/** Where the project is, and how its programs are started, from its sources or from the mirror. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the sources that this file belongs to: the clone, or its mirror. */
const root = fileURLToPath(new URL('../', import.meta.url))

/** The clone, which git and Docker know. A compiled run is in its mirror, `dist/test/`. */
export const project = root.replace(/dist[\\/]test[\\/]$/, '')

const isCompiled = root !== project

/** What a run writes: `dist/`, which git ignores. */
export const output = join(project, 'dist')

/**
 * The arguments by which Node runs a program of the project: compiled already where this is.
 * @param path its TypeScript source, such as `handlers/local/start.ts`
 */
export const program = (path: string): string[] =>
  isCompiled
    ? ['--enable-source-maps', join(root, path.replace(/\.tsx?$/, '.js'))]
    : ['--import', 'tsx', join(root, path)]
