import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runner } from 'node-pg-migrate'
import pg, { type Client, type ClientConfig } from 'pg'
import type { Sql } from './chat/sql.ts'
import { readConfig } from './config.ts'

/** Any number that no other program of the same database takes for its advisory lock. */
const INDEX_LOCK = 7_305_113

/**
 * Brings the schema up to date. Any number of instances may do so at once: they wait for each
 * other, and those that come later find nothing to do.
 *
 * @param connection a direct connection (advisory locks do not survive a transaction pooler).
 * @param sqlDir the folder with the migrations.
 * @returns the names of the migrations that this call applied.
 */
export async function migrate(
  connection: ClientConfig,
  sqlDir: string = readConfig({}).sqlDir,
): Promise<string[]> {
  return migrateOn(new pg.Client(connection), sqlDir)
}

/** The same on a connection of any driver, not connected yet; it is ended afterwards. */
export async function migrateOn(client: Client, sqlDir: string): Promise<string[]> {
  // A connection that breaks rejects the statement under way; without a listener it would also throw.
  client.on('error', () => {})
  await client.connect()
  try {
    const applied = await applyMigrations(client, sqlDir)
    await buildIndexes(client, join(sqlDir, 'indexes'))
    return applied
  } finally {
    await client.end()
  }
}

/** The migrations that the database has not seen, by name: none means that it is current. */
export async function pendingMigrations(sql: Sql, sqlDir: string): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>('select name from migrations')
  const done = new Set(rows.map((row) => row.name))
  return (await sqlFiles(sqlDir)).filter((name) => !done.has(name))
}

async function applyMigrations(client: Client, sqlDir: string): Promise<string[]> {
  const quiet = { info() {}, warn() {}, error() {}, debug() {} }
  const migrations = await runner({
    dbClient: client,
    dir: sqlDir,
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: quiet,
  })
  return migrations.map((migration) => migration.name)
}

/**
 * Builds the indexes that may not block writers: `create index concurrently` stands in no
 * transaction. Each file is named after its index. One instance builds while the others serve.
 */
async function buildIndexes(client: Client, dir: string): Promise<void> {
  const lock = await client.query<{ taken: boolean }>(
    `select pg_try_advisory_lock(${INDEX_LOCK}) as taken`,
  )
  if (!lock.rows[0]?.taken) return
  for (const name of await sqlFiles(dir)) {
    const { rows } = await client.query<{ valid: boolean }>(
      'select indisvalid as valid from pg_index where indexrelid = to_regclass($1)',
      [name],
    )
    if (rows[0]?.valid) continue
    // A build that was broken off leaves an index that is kept up but never used.
    if (rows[0]) await client.query(`drop index concurrently ${client.escapeIdentifier(name)}`)
    await client.query(await readFile(join(dir, `${name}.sql`), 'utf8'))
  }
  await client.query(`select pg_advisory_unlock(${INDEX_LOCK})`)
}

async function sqlFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir)
  return names
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort()
}
