/**
 * What was committed at some moment, as PostgreSQL's `pg_snapshot` says it: everything before
 * `xmin`, nothing from `xmax` on, and between the two all but `xip`.
 * https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 */
export type Snapshot = {
  /** As PostgreSQL writes it: `xmin:xmax:xip,xip`. */
  text: string
  xmin: number
  xmax: number
  xip: ReadonlySet<number>
}

const written = /^(\d{1,15}):(\d{1,15}):((?:\d{1,15}(?:,\d{1,15})*)?)$/

/** Reads what PostgreSQL writes; null when it is no snapshot. */
export function readSnapshot(text: string): Snapshot | null {
  const match = written.exec(text)
  if (!match) return null
  const xip = match[3] ? match[3].split(',').map(Number) : []
  const [xmin, xmax] = [Number(match[1]), Number(match[2])]
  const isOrdered =
    xmin > 0 &&
    xmin <= xmax &&
    xip.every((xid, i) => xid >= xmin && xid < xmax && xid > (xip[i - 1] ?? 0))
  return isOrdered ? { text, xmin, xmax, xip: new Set(xip) } : null
}

/** A snapshot with the letters of a cursor. */
export const snapshotWord = ({ text }: Pick<Snapshot, 'text'>): string =>
  text.replaceAll(':', '-').replaceAll(',', '.')

/** Reads what `snapshotWord` wrote. */
export const readSnapshotWord = (word: string): Snapshot | null =>
  readSnapshot(word.replaceAll('-', ':').replaceAll('.', ','))

/** Whether a transaction had been committed by then. */
export const wasCommitted = (xid: number, { xmin, xmax, xip }: Snapshot): boolean =>
  xid < xmin || (xid < xmax && !xip.has(xid))

/** Whether a snapshot is as new as another of the same database: it sees all that the other sees. */
export function isAsNew(snapshot: Snapshot, other: Snapshot): boolean {
  if (snapshot.xmax !== other.xmax) return snapshot.xmax > other.xmax
  return [...snapshot.xip].every((xid) => other.xip.has(xid))
}
