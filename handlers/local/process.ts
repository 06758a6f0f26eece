import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { hasCode } from './errors.ts'
import { run } from './run.ts'

/** Whether a process with this id exists and belongs to a user we may signal. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/**
 * Whether this living process may be the PostgreSQL server of the data folder; when that cannot be
 * told, yes. A server works in its data folder, so Linux tells it exactly, except to a root
 * without the right to look into other users' processes (as in containers).
 */
export async function mayServe(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'win32') return true
  if (process.platform !== 'linux') return isPostgres((await run('ps', psArgs(pid))).output)
  try {
    const [its, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(data)])
    return its.dev === ours.dev && its.ino === ours.ino
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return isRunningPostgres(pid)
    return false
  }
}

const psArgs = (pid: number) => ['-o', 'comm=', '-p', String(pid)]
const isPostgres = (command: string) => basename(command.trim()).startsWith('postgres')

/** From `/proc`: the name stands in parentheses, the state behind it; Z is dead but not buried. */
async function isRunningPostgres(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (text === undefined) return true
  const [, name = '', state] = /\((.*)\) (\S)/s.exec(text) ?? []
  return isPostgres(name) && state !== 'Z'
}
