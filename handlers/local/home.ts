import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mayEnter, ownerOf, serverAccount } from './account.ts'
import { StartError } from './errors.ts'
import { STATE_FOLDER } from './programs.ts'
import type { Account } from './run.ts'

/** Where the database is kept, and who runs its server (`undefined`: whoever runs this). */
export type Home = { folder: string; account: Account | undefined }

const CLONE = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Settles where the database is kept: in `wanted`, or else in the clone's `.data`. As root it is
 * kept where the server's user can reach it: in `wanted` if that is such a place, or else in a
 * folder under `/var/lib/natter` that no other clone uses. What exists already stays where it is.
 * @throws {StartError} where no folder can be had.
 */
export async function settleHome(wanted: string | undefined): Promise<Home> {
  const folder = resolve(wanted ?? join(CLONE, '.data'))
  if (process.getuid?.() !== 0) return { folder: await makePrivate(folder), account: undefined }
  const elsewhere = join(STATE_FOLDER, ownName(wanted ? folder : dirname(folder)))
  const candidates = wanted ? [folder, elsewhere] : [elsewhere]
  return (await existingHome(candidates)) ?? newHome(candidates)
}

/** The folder in a home that is the database, made and moved as a whole. */
export const clusterFolder = (home: string) => join(home, 'postgres')

/** Readable by people, and different for every path. */
function ownName(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8)
  return `${basename(path).replace(/[^\w.-]/g, '_')}-${hash}`
}

async function makePrivate(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return folder
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StartError(`The data cannot be kept in ${folder} (${why}).\n${CHOOSE_FOLDER}`)
  }
}

/** A database belongs to the user who made it, even if another would be chosen today. */
async function existingHome(candidates: string[]): Promise<Home | undefined> {
  for (const folder of candidates) {
    const account = await ownerOf(join(clusterFolder(folder), 'data', 'PG_VERSION'))
    if (!account) continue
    await openWay(folder)
    if (account.uid !== 0 && (await mayEnter(account, clusterFolder(folder)))) {
      return { folder, account }
    }
    throw new StartError(
      `${clusterFolder(folder)} cannot be used by its owner (user id ${account.uid}).\n` +
        'It has to belong to the user who made it, and that user must be able to enter its folder.',
    )
  }
  return undefined
}

async function newHome(candidates: string[]): Promise<Home> {
  const account = await serverAccount()
  for (const folder of candidates) {
    const made = await mkdir(folder, { recursive: true })
    await openWay(folder, made)
    if (await mayEnter(account, folder)) return { folder, account }
    if (made) await rm(made, { recursive: true })
  }
  throw new StartError(`The user ${account.name} can reach none of ${candidates.join(', ')}.`)
}

/**
 * Lets the server's user pass through the folder if it is ours alone (never a folder such as
 * /root), and through those above it that were `made` with it.
 */
async function openWay(folder: string, made?: string): Promise<void> {
  const names = await readdir(folder)
  if (!made && !names.every((name) => name.startsWith('postgres'))) return
  await chmod(folder, 0o711)
  if (made && folder !== made) await openWay(dirname(folder), made)
}

const CHOOSE_FOLDER = 'NATTER_DATA=/another/folder npm start keeps it elsewhere.'
