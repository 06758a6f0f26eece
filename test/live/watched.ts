/** A real database with somebody looking over its shoulder. */
import type { Sql } from '../../handlers/chat/sql.ts'

export type Watched = Sql & {
  /** Statements so far. */
  count: number
  /** Called before each statement goes out, with its number from 1 on, and awaited. */
  before: (statement: number) => Promise<void>
  /** Called when each statement's answer is there, before anybody gets it, and awaited. */
  after: (statement: number) => Promise<void>
}

export function watched(sql: Sql): Watched {
  const watch: Watched = {
    count: 0,
    before: async () => {},
    after: async () => {},
    async query<Row extends object>(text: string, values?: unknown[]) {
      const statement = ++watch.count
      await watch.before(statement)
      const result = await sql.query<Row>(text, values)
      await watch.after(statement)
      return result
    },
  }
  return watch
}
