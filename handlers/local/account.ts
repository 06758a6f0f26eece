import { stat } from 'node:fs/promises'
import { StartError } from './errors.ts'
import { type Account, run } from './run.ts'

const OWN_NAME = 'natter'

/**
 * The user who runs the server in place of root, whom PostgreSQL refuses. An existing `postgres`
 * is made for just that; otherwise a system user of our own is made, since `nobody` is shared with
 * programs that have no business here, and `initdb` refuses a user id without a name.
 * @throws {StartError} where none can be made.
 */
export async function serverAccount(): Promise<Account> {
  const known = (await lookUp('postgres')) ?? (await lookUp(OWN_NAME))
  if (known) return known
  const options = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin']
  const { output } = await run('useradd', [...options, OWN_NAME])
  const made = await lookUp(OWN_NAME)
  if (made) return made
  throw new StartError(
    `PostgreSQL does not run as root, and making the user "${OWN_NAME}" failed: ${output}\n` +
      'Start as another user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

/** The user whom a file or folder belongs to, or `undefined` where there is no such file. */
export async function ownerOf(path: string): Promise<Account | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found && { name: `#${found.uid}`, uid: found.uid, gid: found.gid }
}

/** Whether this user may pass through the folder and all that it lies in. */
export async function mayEnter(account: Account, folder: string): Promise<boolean> {
  const { code } = await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], account)
  return code === 0
}

async function lookUp(name: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  if (uid.code !== 0 || gid.code !== 0) return undefined
  return { name, uid: Number(uid.output), gid: Number(gid.output) }
}
