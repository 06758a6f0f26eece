/**
 * The PostgreSQL server of a run: the one that the environment names, else the embedded one with a
 * temporary home.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { connection, dropAll, type PgEnv, prepareTemplate } from '../database.ts'
import { hasServer } from '../layers.ts'

/** A server with whatever the run has left on it, until `stop`. */
export type Server = { env: PgEnv; stop(): Promise<void> }

/**
 * Opens the server.
 * @param isDurable whether the embedded one survives a crash of the machine, which tests do not need
 * @param run the word that is in the name of each database of this run; `stop` drops them
 */
export async function openPostgres(run: string, isDurable = true): Promise<Server> {
  const env = hasServer() ? named() : undefined
  const server = env
    ? { env, stop: () => dropAll(env, run) }
    : await startEmbedded(isDurable ? {} : careless)
  try {
    await prepareTemplate(server.env)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The server of `DATABASE_URL`, else of `PGHOST` and its companions, as node-postgres reads them. */
function named(): PgEnv {
  const url = process.env.DATABASE_URL
  const client = new pg.Client(url ? { connectionString: url } : {})
  return {
    PGHOST: client.host,
    PGPORT: String(client.port),
    PGUSER: client.user ?? '',
    PGPASSWORD: client.password ?? '',
    PGDATABASE: client.database ?? '',
  }
}

/**
 * What is lost when the machine crashes is a test's. The connections are those of a few instances
 * for each worker.
 */
const careless = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
  max_connections: '400',
  shared_buffers: '256MB',
  autovacuum: 'off',
}

/**
 * A password check of one round in place of 4,096: tests open thousands of connections.
 * https://www.postgresql.org/docs/17/runtime-config-connection.html#GUC-SCRAM-ITERATIONS
 */
async function cheapen(env: PgEnv): Promise<void> {
  const client = new pg.Client(connection(env))
  await client.connect()
  await client.query('set scram_iterations = 1')
  await client.query(`alter role ${env.PGUSER} password ${client.escapeLiteral(env.PGPASSWORD)}`)
  await client.end()
}

async function startEmbedded(settings: Record<string, string>): Promise<Server> {
  const { startPostgres } = await import('../../handlers/local/postgres.ts')
  const home = await mkdtemp(join(tmpdir(), 'natter-test-'))
  // As root the server runs as another user, who has to get into this folder.
  await chmod(home, 0o755)
  const remove = () => rm(home, { recursive: true, force: true })
  try {
    const server = await startPostgres({ home, settings })
    if (settings === careless) await cheapen(server.env)
    return {
      env: server.env,
      async stop() {
        await server.stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
