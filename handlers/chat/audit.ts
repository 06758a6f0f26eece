import { limits } from '../limits.ts'
import type { Sql } from './sql.ts'

/** What an owner or moderator did. */
export type AuditEntry = {
  id: number
  at: Date
  by: { id: number; name: string }
  action: string
  /** Null where it concerns the whole server. */
  room: { slug: string; name: string } | null
  about: { id: number; name: string } | null
  /** The message that it was done to. */
  n: number | null
  detail: string
}

export type AuditPage = { entries: AuditEntry[]; next: number | null }

type Row = Omit<AuditEntry, 'by' | 'room' | 'about'> & {
  by_id: number
  by_name: string | null
  slug: string | null
  room_name: string | null
  about_id: number | null
  about_name: string | null
}

/**
 * What was done, the latest first.
 * @param of one room's own; or for the server's owner what concerns the server and its open rooms.
 * @param before the page of older entries.
 */
export async function readAudit(
  sql: Sql,
  of: { roomId: number } | 'server',
  before: number | null,
): Promise<AuditPage> {
  const { rows } = await sql.query<Row>(
    `select a.id, a.at, a.by_id, b.name as by_name, a.action, r.slug, r.name as room_name,
            a.about_id, t.name as about_name, a.n, a.detail
       from audit a
       left join people b on b.id = a.by_id
       left join people t on t.id = a.about_id
       left join rooms r on r.id = a.room_id
      where a.id < $1 and ${of === 'server' ? ofTheServer : 'a.room_id = $3'}
      order by a.id desc limit $2`,
    [
      before ?? Number.MAX_SAFE_INTEGER,
      limits.listedAudit + 1,
      ...(of === 'server' ? [] : [of.roomId]),
    ],
  )
  const shown = rows.slice(0, limits.listedAudit)
  return {
    entries: shown.map(entryFrom),
    next: rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  }
}

const ofTheServer = "(a.room_id is null or r.visibility = 'open')"

const entryFrom = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at,
  by: { id: row.by_id, name: row.by_name ?? 'Somebody' },
  action: row.action,
  room: row.slug === null ? null : { slug: row.slug, name: row.room_name ?? row.slug },
  about: row.about_id === null ? null : { id: row.about_id, name: row.about_name ?? 'Somebody' },
  n: row.n,
  detail: row.detail,
})
type Action =
  | 'member.added'
  | 'sign_in_link.made'
  | 'owner.made'
  | 'owner.unmade'
  | 'person.banned'
  | 'person.unbanned'

/**
 * A part of a statement that does something to somebody, as far as its `with changed (id)` finds
 * them: it is written into the audit log, so that nothing is done without its line there.
 * @param by who does it, as the statement has it: a parameter or a column of `changed`.
 */
export const intoAudit = (action: Action, by: string): string =>
  `audited as (
       insert into audit (by_id, action, about_id) select ${by}, '${action}', id from changed
     )`
