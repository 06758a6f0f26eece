import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runner } from 'node-pg-migrate'
import pg, { type Client, type ClientConfig } from 'pg'
import { reportedCode, type Sql } from './chat/sql.ts'
import { readConfig } from './config.ts'
import { limits } from './limits.ts'

/** Any number that no other program of the same database takes for its advisory lock. */
const INDEX_LOCK = 7_305_113

/**
 * Brings the schema up to date. Any number of instances may do so at once: they wait for each
 * other, and those that come later find nothing to do.
 *
 * @param connection a direct connection (advisory locks do not survive a transaction pooler).
 * @param sqlDir the folder with the migrations.
 * @param onLocked told each time that others held a table, before it is tried again.
 * @returns the names of the migrations that this call applied; those before it was locked out are not
 *   among them.
 */
export async function migrate(
  connection: ClientConfig,
  sqlDir: string = readConfig({}).sqlDir,
  onLocked?: () => void,
): Promise<string[]> {
  return migrateOn(new pg.Client(connection), sqlDir, onLocked)
}

/**
 * The same on a connection of any driver, not connected yet; it is ended afterwards.
 * @param againMs how long it pauses before it tries again what others hold locked.
 */
export async function migrateOn(
  client: Client,
  sqlDir: string,
  onLocked: () => void = () => {},
  againMs: number = limits.migrateAgainMs,
): Promise<string[]> {
  // A connection that breaks rejects the statement under way; without a listener it would also throw.
  client.on('error', () => {})
  await client.connect()
  try {
    const applied = await applyPatiently(client, sqlDir, onLocked, againMs)
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

/**
 * Who waits for a table's lock makes all others wait behind them, who only read: behind a long
 * `pg_dump` the chat would stand still. So it is waited for briefly, and tried again.
 */
async function applyPatiently(
  client: Client,
  sqlDir: string,
  onLocked: () => void,
  againMs: number,
): Promise<string[]> {
  await client.query(`set lock_timeout = ${limits.migrateLockMs}`)
  for (;;) {
    try {
      const applied = await applyMigrations(client, sqlDir)
      // Indexes are built beside all others, and wait for them as long as it takes.
      await client.query('set lock_timeout = 0')
      return applied
    } catch (error) {
      // lock_not_available: https://www.postgresql.org/docs/current/errcodes-appendix.html
      if (reportedCode(error) !== '55P03') throw error
      await client.query('rollback')
      onLocked()
      await sleep(againMs)
      // The runner could not give its lock back from a transaction that had failed.
      await client.query('select pg_advisory_unlock_all()')
    }
  }
}

async function applyMigrations(client: Client, sqlDir: string): Promise<string[]> {
  const quiet = { info() {}, warn() {}, error() {}, debug() {} }
  const migrations = await runner({
    dbClient: client,
    dir: sqlDir,
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    // Each in its own: one that copies much holds no lock that another has taken.
    singleTransaction: false,
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
