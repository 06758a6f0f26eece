import { randomBytes } from 'node:crypto'
import { chmod, chown, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode, StartError } from './errors.ts'
import { clusterFolder, type Home } from './home.ts'
import type { Programs } from './programs.ts'
import { type Account, run } from './run.ts'
import { makeWhole } from './whole-folder.ts'

/** One database on disk, and what is needed to run and reach it. */
export type Cluster = {
  /** PostgreSQL's data folder. */
  data: string
  logFile: string
  password: string
  programs: Programs
  account: Account | undefined
  /** Settings of the server in place of those that it has here. */
  settings: Record<string, string>
}

/** The superuser and the database that `initdb` makes. */
export const SUPERUSER = 'postgres'

/**
 * The database of this home, made if there is none: it appears whole, with its password, or not
 * at all.
 * @param log gets a line before what takes a while.
 * @throws {StartError} with what `initdb` said.
 */
export async function openCluster(
  home: Home,
  programs: Programs,
  log: (line: string) => void,
): Promise<Cluster> {
  const place = clusterFolder(home.folder)
  const { account } = home
  if (await isMissing(join(place, 'data', 'PG_VERSION'))) {
    await setAside(place, log)
    log('Making the database, which is done only the first time.')
    await makeWhole(place, (folder) => fillCluster(folder, programs, account))
  }
  const password = (await readFile(join(place, 'password'), 'utf8')).trim()
  const [data, logFile] = [join(place, 'data'), join(place, 'log')]
  return { data, logFile, password, programs, account, settings: {} }
}

/** Something is there that is no database: it stands in the way, but may be somebody's. */
async function setAside(place: string, log: (line: string) => void): Promise<void> {
  const aside = `${place}.unusable-${Date.now()}`
  try {
    await rename(place, aside)
    log(`What was in ${place} is no database; it is now ${aside}.`)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

async function isMissing(file: string): Promise<boolean> {
  return stat(file).then(
    () => false,
    (error) => {
      if (hasCode(error, 'ENOENT')) return true
      throw error
    },
  )
}

async function fillCluster(
  folder: string,
  programs: Programs,
  account: Account | undefined,
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 })
  await chmod(folder, 0o700)
  if (account) {
    await chown(folder, account.uid, account.gid)
    await chown(passwordFile, account.uid, account.gid)
  }
  await initialise(join(folder, 'data'), passwordFile, programs.initdb, account)
}

/**
 * UTF-8 and the same order of texts everywhere, by PostgreSQL's own `C.UTF-8`, whatever languages
 * the machine has. Full-text search alone asks the C library which letter is the small one of
 * which, so it gets the first of these that the machine knows.
 */
const LETTER_LOCALES = ['C.UTF-8', 'en_US.UTF-8', 'C']

async function initialise(
  data: string,
  passwordFile: string,
  initdb: string,
  account: Account | undefined,
): Promise<void> {
  let said = ''
  for (const letters of LETTER_LOCALES) {
    const locale = ['--encoding=UTF8', '--locale=C', `--lc-ctype=${letters}`]
    const order = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`]
    const args = [`--pgdata=${data}`, ...locale, ...order, ...access]
    const { code, output } = await run(initdb, args, account)
    if (code === 0) return
    said = output
    if (!/invalid locale/i.test(output)) break
    await rm(data, { recursive: true, force: true })
  }
  throw new StartError(`The database could not be made:\n${said.split('\n').slice(-10).join('\n')}`)
}
