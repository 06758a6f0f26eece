import type { Client, ClientConfig, Pool } from 'pg'

/** What a driver offers: node-postgres' two classes, and how it reads types. */
export type Driver = {
  Pool: new (config: ClientConfig & PoolLimits) => Pool
  Client: new (config: ClientConfig) => Client
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown
}

type PoolLimits = {
  max: number
  idleTimeoutMillis: number
  pipeline?: boolean | undefined
  /** Makes a new connection ready before anybody has it. */
  verify?: ((client: Client, done: (error?: Error) => void) => void) | undefined
}
