/** Databases for tests, on the server that the runner names by `PGHOST` and its companions. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { migrate } from '../handlers/migrate.ts'

const names = ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE'] as const

/** How to reach one database, in the environment's words. */
export type PgEnv = Record<(typeof names)[number], string>

/** A database of a test's own. */
export type TestDatabase = {
  env: PgEnv
  /** Drops it, whoever is still connected. */
  drop(): Promise<void>
}

/** A word of this run, in the name of every database that it makes. */
const run = process.env.TEST_RUN ?? randomBytes(4).toString('hex')

/**
 * A fresh, empty database in UTF-8.
 * @param server a database on the server to make it on, the environment's if not given
 */
export async function testDatabase(server: PgEnv = environment()): Promise<TestDatabase> {
  return create(server, fresh)
}

/** A fresh database with the schema in it: a copy of the run's template. */
export async function migratedDatabase(server: PgEnv = environment()): Promise<TestDatabase> {
  return create(server, `TEMPLATE ${template}`)
}

/** What `pg` and the handlers take to connect to that database. */
export function connection(env: PgEnv): pg.ClientConfig {
  return {
    host: env.PGHOST,
    port: Number(env.PGPORT),
    user: env.PGUSER,
    password: env.PGPASSWORD,
    database: env.PGDATABASE,
  }
}

/**
 * Drops every database that a run has made, the template as well.
 * @param run the word in `TEST_RUN`
 */
export async function dropAll(server: PgEnv, run: string): Promise<void> {
  await ask(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [`natter_test_${run}_`],
    )
    for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`)
  })
}

const template = `natter_test_${run}_template`

/**
 * Makes the migrated database that `migratedDatabase` copies, once in a run. It gets its name when it
 * is complete: a half migrated one is never copied.
 */
export async function prepareTemplate(server: PgEnv): Promise<void> {
  const { env } = await create(server, fresh, `natter_test_${run}_new`)
  await migrate(connection(env))
  await ask(server, (client) =>
    client.query(`alter database ${env.PGDATABASE} rename to ${template}`),
  )
}

const fresh = 'TEMPLATE template0 ENCODING UTF8'

async function create(
  server: PgEnv,
  how: string,
  name = `natter_test_${run}_${randomBytes(6).toString('hex')}`,
): Promise<TestDatabase> {
  await ask(server, (client) => client.query(`create database ${name} ${how}`))
  return {
    env: { ...server, PGDATABASE: name },
    async drop() {
      await ask(server, (client) => client.query(`drop database if exists ${name} with (force)`))
    },
  }
}

/** Runs something on a connection of its own. */
async function ask<T>(server: PgEnv, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection(server))
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function environment(): PgEnv {
  const missing = names.filter((name) => process.env[name] === undefined)
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} not set: run the tests by npm test or tsx test/run.ts`)
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as PgEnv
}
