/** Programs as one file of JavaScript each, so that what is measured runs as it is shipped. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const run = promisify(execFile)

const project = fileURLToPath(new URL('../../../', import.meta.url))
const outdir = join(project, 'dist/bench')

const built = new Map<string, Promise<string>>()

/**
 * Bundles a program of the benchmarks, once in a run. Packages stay where they are.
 * @param program its file
 * @returns the bundle's file
 */
export function bundle(program: URL): Promise<string> {
  return once(program.href, async () => {
    const outfile = join(outdir, basename(fileURLToPath(program)).replace(/\.ts$/, '.mjs'))
    const settings = {
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    } as const
    await build({ entryPoints: [fileURLToPath(program)], outfile, ...settings })
    return outfile
  })
}

/**
 * Bundles the server as `npm run build` does, once in a run.
 * @param entry another entry than the container's
 * @returns the bundle's file
 */
export function bundleServer(entry?: URL): Promise<string> {
  return once(`server ${entry?.href}`, async () => {
    const words = await buildCommand()
    const name = entry ? basename(fileURLToPath(entry)).replace(/\.ts$/, '.mjs') : 'node.mjs'
    const outfile = join(outdir, name)
    const args = words.slice(1).map((word) => {
      if (word.startsWith('--outfile=')) return `--outfile=${outfile}`
      return word === 'handlers/node.ts' && entry ? relative(project, fileURLToPath(entry)) : word
    })
    await run(join(project, 'node_modules/.bin/esbuild'), args, { cwd: project })
    return outfile
  })
}

/** The words of `npm run build`, without the shell's quotes. */
async function buildCommand(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  return (scripts.build.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word: string) =>
    word.replaceAll('"', ''),
  )
}

function once(key: string, make: () => Promise<string>): Promise<string> {
  const making = built.get(key) ?? make()
  built.set(key, making)
  return making
}
