import type { Client, ClientConfig, Pool } from 'pg'
import type { Transact } from '../chat/sql.ts'
import type { DatabaseConfig } from '../config.ts'
import { limits } from '../limits.ts'
import type { Driver } from './driver.ts'
import { neonDriver } from './neon.ts'
import { pgDriver } from './pg.ts'
import { transactOn } from './transact.ts'

export type Database = {
  /** For reading, and for all that is written outside the rooms' logs. */
  pool: Pool
  /** For searching: few at once, so that no other reader waits for them, and not for long. */
  search: Pool
  /** For what changes rooms' logs, on connections that no reader can take away. */
  transact: Transact
  /** A connection of its own, for LISTEN; not connected yet. Needs a direct connection. */
  client(): Client
  /** Told of each connection that broke while it was idle; the next use opens another. */
  onBroken(listener: (error: Error) => void): void
  /** Closes every connection that is not used, and the others when they are given back. */
  end(): Promise<void>
}

const INT8 = 20

const ignore = () => {}

/** Opens pools with the driver that the settings name. Connects to nothing yet. */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const driver = config.driver === 'neon' ? await neonDriver(config) : await pgDriver()
  const connection = { ...connectionConfig(config), types: { getTypeParser: numbers(driver) } }
  const shared = {
    ...connection,
    idleTimeoutMillis: 30_000,
    query_timeout: limits.statementMs,
    statement_timeout: limits.statementMs,
  }
  const pool = new driver.Pool({ ...shared, max: config.poolConnections })
  const writers = limits.writeLanes + limits.stuckRooms
  const writing = new driver.Pool({ ...shared, max: writers, pipeline: true })
  const search = new driver.Pool({
    ...shared,
    application_name: 'natter search',
    max: limits.searchConnections,
    query_timeout: limits.searchMs,
    statement_timeout: limits.searchMs,
    // To compile a search takes longer than to carry it out.
    verify: (client, done) => void client.query('set jit = off', done),
  })
  const pools = [pool, writing, search]
  // A statement hears that its connection broke. The connection's own event may come between two
  // owners, when it is not idle any more and nobody uses it yet; unheard, it would end the process.
  for (const one of pools) one.on('connect', (client) => client.on('error', ignore))
  return {
    pool,
    search,
    transact: transactOn(writing),
    client: () => new driver.Client(connection),
    onBroken(listener) {
      for (const one of pools) one.on('error', listener)
    },
    async end() {
      await Promise.all(pools.map((one) => one.end()))
    },
  }
}

/** The settings as node-postgres names them, without any time limit on statements. */
export function connectionConfig(config: DatabaseConfig): ClientConfig {
  const shared = {
    application_name: 'natter',
    connectionTimeoutMillis: limits.connectMs,
    keepAlive: true,
  }
  if (config.url) return { ...shared, connectionString: config.url }
  return {
    ...shared,
    host: config.host,
    port: config.port,
    user: config.user,
    database: config.name,
    ...(config.password === undefined ? {} : { password: config.password }),
  }
}

/** Log numbers and ids stay far below 2^53, so bigint columns are read as numbers. */
function numbers(driver: Driver): Driver['getTypeParser'] {
  return (oid, format) => (oid === INT8 ? Number : driver.getTypeParser(oid, format))
}
