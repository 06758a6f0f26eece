import { open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './errors.ts'
import { isAlive, mayServe } from './process.ts'

/** A living server process that seems to serve a data folder, and where it listens. */
export type Found = { pid: number; port: number }

/** Longer than a server takes from making the file to writing its first lines. */
const WRITING_MS_MAX = 5_000

/** No system gives a process this number. */
const NOBODY = 2_147_483_647

/**
 * Who serves the data folder by what its `postmaster.pid` says: a `SIGKILL` or a power cut leaves
 * the file behind, and its process number may by now be another program's.
 * @returns `undefined` when nobody does; then PostgreSQL can be started.
 */
export async function findServer(data: string): Promise<Found | undefined> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch((error) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (text === undefined) return undefined
  const lines = text.split('\n')
  const [pid, port] = [Number.parseInt(lines[0] ?? '', 10), Number.parseInt(lines[3] ?? '', 10)]
  if (Number.isNaN(pid) || Number.isNaN(port)) return findHalfWritten(file)
  if (!isAlive(pid)) return undefined
  if (await mayServe(pid, data)) return { pid, port }
  await disown(data, pid)
  return undefined
}

/**
 * Makes PostgreSQL see that the process in `postmaster.pid` is not its own, which it cannot see
 * by itself while such a process lives. The rest of the file stays: by it PostgreSQL tells whether
 * parts of the dead server still run. To be called only when it is certain, since a server that
 * finds its file changed stops.
 * @param pid the process that is meant: a server that ends takes its file along, and the next one
 *   writes its own, so that by now there may be none, or one that is another's. Both stay as they are.
 */
export async function disown(data: string, pid: number): Promise<void> {
  const file = await open(join(data, 'postmaster.pid'), 'r+').catch((error) => {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (!file) return
  try {
    const text = await file.readFile('utf8')
    if (Number.parseInt(text, 10) !== pid) return
    await file.write(text.replace(/^.*/, String(NOBODY)), 0)
  } finally {
    await file.close()
  }
}

/** A file without its lines is being written just now, or is what a crash left of one. */
async function findHalfWritten(file: string): Promise<Found | undefined> {
  const found = await stat(file).catch(() => undefined)
  if (found && Date.now() - found.mtimeMs < WRITING_MS_MAX) return { pid: 0, port: 0 }
  await rm(file, { force: true })
  return undefined
}
