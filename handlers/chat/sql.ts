/** What `chat/` and `live/` need of a database: node-postgres' `Pool` or `Client`, whichever driver. */
export type Sql = {
  // Rows are whatever the statement selects; each verb names its row type beside its statement.
  query<Row extends object>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>
}

export type Statement = { text: string; values: unknown[] }

/**
 * Runs statements in order as one transaction, and comes back when it is committed: the rows of
 * each. Rejects with the first error; whether anything is stored is then certain only where the
 * database itself reported it (`reportedCode`).
 */
export type Transact = (statements: readonly Statement[]) => Promise<object[][]>

/** Errors that say the database is away, starting, stopping or full, and not that we are wrong. */
const awayCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|08...|57P0[1-5]|53...|57014|55P03|25006)$/
const awayMessages =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|timeout expired|Cannot use a pool after|WebSocket)/

/**
 * Whether an error means that the database cannot answer now, so that the same request may
 * succeed later. Codes: PostgreSQL's appendix A (classes 08, 53, 57P) and Node's `err.code`.
 */
export function databaseIsAway(error: unknown): boolean {
  if (!(error instanceof Error)) return isSocketEvent(error)
  if (error instanceof AggregateError) return error.errors.some(databaseIsAway)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return awayCodes.test(code) || awayMessages.test(error.message) || databaseIsAway(error.cause)
}

/**
 * The SQLSTATE of an error that the database reported about a statement, so that the statement's
 * transaction is certainly rolled back; undefined for all else, a broken connection among it.
 */
export function reportedCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return undefined
  return error.severity === 'ERROR' ? String(error.code) : undefined
}

/** The Neon driver rejects with the WebSocket's own `ErrorEvent`, which is no Error. */
function isSocketEvent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'type' in error && error.type === 'error'
}

/** The name of the constraint that a statement broke, if that is why it failed. */
export function brokenConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== '23505') return undefined
  return 'constraint' in error ? String(error.constraint) : undefined
}
