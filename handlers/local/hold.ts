import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { type Cluster, SUPERUSER } from './cluster.ts'
import { hasCode, StartError } from './errors.ts'

/**
 * A process' claim on the running server: a connection that shares an advisory lock. The server is
 * stopped by the process that gets the lock for itself alone. It needs no list of processes, which
 * a `SIGKILL` would leave wrong: with the process its connection ends, and with that the claim.
 */
export type Hold = {
  port: number
  /** Settles when the connection has ended, for whatever reason. */
  ended: Promise<void>
  /** Gives the claim back. `last`: nobody else has one, and nobody gets one until `close`. */
  release(): Promise<'last' | 'others' | 'lost'>
  close(): Promise<void>
}

/** Any number that no other use of advisory locks in this database takes. */
const LOCK = 5_842_901

/** Long enough for the server to notice that another process, just killed, is gone. */
const OTHERS_MS_MAX = 500
const CONNECT_MS_MAX = 5_000

/**
 * Claims the server that listens on `port`.
 * @returns `absent` when nothing (yet, any more) takes connections there, `foreign` when it is a
 *   PostgreSQL that serves another folder: a copy of this one, say.
 * @throws {StartError} when it does not take the password.
 */
export async function takeHold(
  cluster: Cluster,
  port: number,
): Promise<Hold | 'absent' | 'foreign'> {
  const client = connection(cluster, port)
  const ended = new Promise<void>((done) => client.once('end', done))
  // The reason does not matter: `ended` follows every error that breaks a connection.
  client.on('error', () => {})
  try {
    await client.connect()
    if (!(await servesFolder(client, cluster.data))) {
      await client.end()
      return 'foreign'
    }
    // Waits while another process is stopping the server, which then ends this connection.
    await client.query('select pg_advisory_lock_shared($1)', [LOCK])
  } catch (error) {
    await client.end().catch(() => {})
    if (hasCode(error, '28P01')) throw new StartError(strangePassword(cluster, port))
    return 'absent'
  }
  return { port, ended, release: () => release(client), close: () => client.end().catch(() => {}) }
}

function connection(cluster: Cluster, port: number): pg.Client {
  return new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password: cluster.password,
    database: 'postgres',
    application_name: 'npm start',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    ssl: false,
  })
}

/** Asks the server for a file that is in our folder and in no other. */
async function servesFolder(client: pg.Client, data: string): Promise<boolean> {
  const name = `natter-${randomBytes(8).toString('hex')}`
  const file = join(data, name)
  await writeFile(file, '')
  try {
    const { rows } = await client.query<{ here: boolean }>(
      'select (pg_stat_file($1, true)).size is not null as here',
      [name],
    )
    return rows[0]?.here === true
  } finally {
    await rm(file, { force: true })
  }
}

async function release(client: pg.Client): Promise<'last' | 'others' | 'lost'> {
  try {
    await client.query(`set lock_timeout = ${OTHERS_MS_MAX}`)
    await client.query('select pg_advisory_unlock_shared($1)', [LOCK])
    await client.query('select pg_advisory_lock($1)', [LOCK])
    return 'last'
  } catch (error) {
    return hasCode(error, '55P03') ? 'others' : 'lost'
  }
}

function strangePassword(cluster: Cluster, port: number): string {
  return (
    `The PostgreSQL on 127.0.0.1:${port} does not take the password that is kept beside\n` +
    `${cluster.data}. If it serves that folder, stop it; if not, remove postmaster.pid there.`
  )
}
