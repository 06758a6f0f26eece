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
const prefix = `natter_test_${run}`

/**
 * A fresh, empty database in UTF-8.
 * @param server a database on the server to make it on, the environment's if not given
 */
export async function testDatabase(server: PgEnv = environment()): Promise<TestDatabase> {
  return create(server, 'TEMPLATE template0 ENCODING UTF8')
}

/** A fresh database with the schema in it: a copy of one that is migrated once in a run. */
export async function migratedDatabase(server: PgEnv = environment()): Promise<TestDatabase> {
  migrated ??= migratedTemplate(server)
  return create(server, `TEMPLATE ${await migrated}`)
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

let migrated: Promise<string> | undefined

/**
 * The name of this run's migrated database, made if it is not there. It gets that name when it is
 * complete, so that what a dying process leaves half migrated is never copied.
 */
async function migratedTemplate(server: PgEnv): Promise<string> {
  const name = `${prefix}_template`
  const found = await ask(server, (client) =>
    client.query('select from pg_database where datname = $1', [name]),
  )
  if (found.rowCount) return name
  const { env } = await testDatabase(server)
  await migrate(connection(env))
  await ask(server, (client) => client.query(`alter database ${env.PGDATABASE} rename to ${name}`))
  return name
}

async function create(server: PgEnv, how: string): Promise<TestDatabase> {
  const name = `${prefix}_${randomBytes(6).toString('hex')}`
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
