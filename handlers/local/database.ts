import { startPostgres } from './postgres.ts'

export type Env = Record<string, string | undefined>

export type Database = {
  /** The environment with what reaches the database in it. */
  env: Env
  /** Where the data is, if it is our own to say. */
  folder: string | undefined
  stop(): Promise<void>
}

/**
 * The database that the environment names, or where it names none, an embedded one.
 * @param log gets lines for the person at the terminal.
 * @throws {StartError} that says what to do.
 */
export async function openLocalDatabase(env: Env, log: (line: string) => void): Promise<Database> {
  if (env.DATABASE_URL || env.DATABASE_URL_FILE || env.PGHOST) {
    return { env, folder: undefined, stop: async () => {} }
  }
  const postgres = await startPostgres({ home: env.NATTER_DATA || undefined, log })
  const { folder, stop } = postgres
  // A password file would be one of another database.
  return { env: { ...env, PGPASSWORD_FILE: undefined, ...postgres.env }, folder, stop }
}
