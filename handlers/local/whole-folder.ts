import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { hasCode } from './errors.ts'
import { isAlive } from './process.ts'

/**
 * Makes a folder that is there either whole or not at all: it is filled under another name beside
 * its place and renamed. What an earlier process left half-made is removed.
 * @param fill fills the folder whose path it gets.
 * @returns whether this call made it; `false` where another process was faster.
 */
export async function makeWhole(
  place: string,
  fill: (folder: string) => Promise<void>,
): Promise<boolean> {
  await sweepHalfMade(place)
  const making = `${place}.making-${process.pid}-${randomBytes(4).toString('hex')}`
  await mkdir(making)
  try {
    await fill(making)
    await rename(making, place)
    await syncFolder(dirname(place))
    return true
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return false
    throw error
  } finally {
    await rm(making, { recursive: true, force: true })
  }
}

async function sweepHalfMade(place: string): Promise<void> {
  const prefix = `${basename(place)}.making-`
  for (const name of await readdir(dirname(place))) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10)))
      continue
    await rm(join(dirname(place), name), { recursive: true, force: true })
  }
}

/** Without it a power cut may undo the rename, and the next start would sweep the talk away. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}
