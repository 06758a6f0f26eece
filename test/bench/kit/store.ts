/** A database of a benchmark's own, on the server that tests use. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { connection, type PgEnv } from '../../database.ts'
import { openPostgres } from '../../runner/postgres.ts'

export type Store = {
  /** How to reach it, in the environment's words. */
  env: PgEnv
  /** For a person: which PostgreSQL, and whether what it commits is on the disk. */
  what: string
  /** Runs one statement. */
  ask<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>
  /** Connections that others than this benchmark have to it. */
  connections(): Promise<number>
  /** Drops it, and stops the server if that was started here. */
  close(): Promise<void>
}

/** Makes a database: on the server of `PGHOST` or `DATABASE_URL`, else on one started here. */
export async function openStore(): Promise<Store> {
  const [store] = await openStores(1)
  if (store === undefined) throw new Error('No database was made.')
  return store
}

/** Makes several databases on one server. Closing the first of them ends them all. */
export async function openStores(stores: number): Promise<Store[]> {
  const run = randomBytes(4).toString('hex')
  const server = await openPostgres(run)
  const opened: Store[] = []
  const close = async () => {
    for (const store of opened.splice(1)) await store.close()
    await server.stop()
  }
  try {
    // The word in their names, so that `server.stop` drops them.
    while (opened.length < stores) {
      const env = { ...server.env, PGDATABASE: `natter_test_${run}_bench${opened.length}` }
      opened.push(await open(server.env, env, opened.length === 0 ? close : async () => {}))
    }
    return [...opened]
  } catch (error) {
    await close()
    throw error
  }
}

async function open(server: PgEnv, env: PgEnv, after: () => Promise<void>): Promise<Store> {
  await create(server, env.PGDATABASE)
  const client = new pg.Client(connection(env))
  await client.connect()
  const ask = async <Row extends object>(text: string, values: unknown[] = []) =>
    (await client.query<Row>(text, values)).rows
  return {
    env,
    what: await describe(ask),
    ask,
    async connections() {
      const rows = await ask<{ others: number }>(
        `select count(*)::int as others from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`,
      )
      return rows[0]?.others ?? 0
    },
    async close() {
      await client.end()
      await after()
    },
  }
}

async function create(server: PgEnv, name: string): Promise<void> {
  const client = new pg.Client(connection(server))
  await client.connect()
  try {
    await client.query(`create database ${name} template template0 encoding utf8`)
  } finally {
    await client.end()
  }
}

async function describe(ask: Store['ask']): Promise<string> {
  const setting = async (name: string) => {
    const rows = await ask<{ value: string }>('select current_setting($1) as value', [name])
    return rows[0]?.value ?? ''
  }
  const commit = await setting('synchronous_commit')
  const flushed = `fsync ${await setting('fsync')}, synchronous_commit ${commit}`
  return `PostgreSQL ${(await setting('server_version')).split(' ')[0]}, ${flushed}`
}
