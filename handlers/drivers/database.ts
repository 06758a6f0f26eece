import type { Client, ClientConfig, Pool } from 'pg'
import type { DatabaseConfig } from '../config.ts'
import { limits } from '../limits.ts'
import type { Driver } from './driver.ts'
import { neonDriver } from './neon.ts'
import { pgDriver } from './pg.ts'

export type Database = {
  pool: Pool
  /** A connection of its own, for LISTEN; not connected yet. Needs a direct connection. */
  client(): Client
}

const INT8 = 20

/** Opens a pool with the driver that the settings name. Connects to nothing yet. */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const driver = config.driver === 'neon' ? await neonDriver(config) : await pgDriver()
  const connection = { ...connectionConfig(config), types: { getTypeParser: numbers(driver) } }
  const pool = new driver.Pool({
    ...connection,
    max: config.poolConnections,
    idleTimeoutMillis: 30_000,
    query_timeout: limits.statementMs,
    statement_timeout: limits.statementMs,
  })
  return { pool, client: () => new driver.Client(connection) }
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
