import { isAdmitted, seesRoom } from '../access.ts'
import { notAdmitted, notFound, type Refusal } from '../refusal.ts'
import type { Sql } from '../sql.ts'
import type { StoreName } from './store.ts'

/** A file that somebody may have. */
export type Found = {
  id: string
  name: string
  type: string
  size: number
  sha256: Buffer
  store: StoreName
  /** Asked for in place of the file. */
  preview: Buffer | null
}

type Row = Partial<Found> & {
  found: string | null
  kind: 'guest' | 'member' | 'owner' | null
  entry: 'open' | 'invited' | 'members'
}

/**
 * A file, for whoever may see its message just now: access is asked of the room each time, with how
 * far back they see, and a message that was deleted has no files.
 * @param session the stored key of who asks, or null.
 * @param what the file, or its preview, which is read with it.
 */
export async function findFile(
  sql: Sql,
  session: Uint8Array | null,
  id: string,
  what: 'whole' | 'preview',
): Promise<Found | Refusal> {
  const { rows } = await sql.query<Row>(
    `select pol.entry, p.kind, f.id as found, f.id, f.name, f.type, f.size, f.sha256, f.store, f.preview
       from (select $1::bytea as key, $2::text as id) a
       cross join lateral (select * from policy limit 1) pol
       left join sessions s on s.key = a.key and (s.expires_at is null or s.expires_at > now())
       left join people p on p.id = s.person_id
       left join lateral (
         select f.id, f.name, f.type, f.size, f.sha256, f.store,
                case when $3 then f.preview end as preview
           from files f
           join rooms r on r.id = f.room_id
           join messages e on e.room_id = f.room_id and e.n = f.n and e.deleted_at is null
           left join members m on m.room_id = r.id and m.person_id = p.id
          where f.id = a.id and f.state = 'attached' and ${seesRoom}
            and f.n > greatest(coalesce(m.floor, 0), r.first_seq)
       ) f on true`,
    [session, /^[0-9a-f]{32}$/.test(id) ? id : null, what === 'preview'],
  )
  const row = rows[0]
  if (row?.found && (what === 'whole' || row.preview)) return row as Found
  const isIn = row && isAdmitted(row.kind ?? 'visitor', row.entry)
  return !row || isIn ? notFound('file') : notAdmitted(row.kind && row, row.entry)
}
