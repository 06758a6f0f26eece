import { randomBytes } from 'node:crypto'
import { limits } from '../../limits.ts'
import { Refusal } from '../refusal.ts'
import type { Sql } from '../sql.ts'
import { type Actor, actorPart, actorValues, refusalOf } from '../writing/act.ts'
import { slowFor } from '../writing/slow.ts'
import { fileName } from './names.ts'
import type { StoreName } from './store.ts'

/** What files may take, in bytes: one of them, all of one person, all together. */
export type FileBounds = { fileBytes: number; personBytes: number; serverBytes: number }

/** What there is room for, in bytes: of one's own, and of everybody's together. */
export type Left = { mine: number; everybodys: number }

type MayRow = { why: string | null; wait_s: number | null; mine: number; everybodys: number }

/**
 * Whether somebody may send files to a room just now, asked before any of them is taken. The message
 * itself is decided over once more where it is stored.
 */
export async function mayUpload(
  sql: Sql,
  actor: Actor,
  bounds: FileBounds,
): Promise<Left | Refusal> {
  const { rows } = await sql.query<MayRow>(
    `with ${actorPart}
     select case
              when a.why is not null then a.why
              when a.archived then 'archived'
              when m.role = 'reader' and a.kind <> 'owner' then 'reads_only'
              when m.muted_until > now() and a.kind <> 'owner' then 'muted'
              when r.slow_seconds > 0 and a.role not in ('moderator', 'owner')
                   and m.posted_at > now() - r.slow_seconds * interval '1 second' then 'slow'
            end as why,
            ceil(extract(epoch from m.posted_at + r.slow_seconds * interval '1 second' - now()))::integer as wait_s,
            coalesce((select bytes from file_use where person_id = a.person), 0) as mine,
            coalesce((select sum(bytes) from file_use), 0)::bigint as everybodys
       from actor a left join rooms r on r.id = a.room
       left join members m on m.room_id = a.room and m.person_id = a.person`,
    actorValues(actor),
  )
  const row = rows[0]
  if (!row) return refusalOf('gone')
  if (row.why === 'slow') return slowFor(Math.max(1, row.wait_s ?? 1))
  if (row.why !== null) return refusalOf(row.why)
  if (row.everybodys >= bounds.serverBytes) return serverIsFull()
  if (row.mine >= bounds.personBytes) return youAreFull(bounds.personBytes)
  return { mine: bounds.personBytes - row.mine, everybodys: bounds.serverBytes - row.everybodys }
}

/** Notes that a file arrives, so that it is collected if it does not. @returns its id. */
export async function beginUpload(
  sql: Sql,
  { roomId, personId }: Actor,
  given: string | undefined,
  store: StoreName,
): Promise<{ id: string; name: string }> {
  // 128 random bits: whoever does not have its address does not find it.
  const [id, name] = [randomBytes(16).toString('hex'), fileName(given)]
  await sql.query(
    `insert into files (id, room_id, uploader_id, name, store, expires_at)
     values ($1, $2, $3, $4, $5, now() + $6 * interval '1 second')`,
    [id, roomId, personId, name, store, limits.uploadLeftSeconds],
  )
  return { id, name }
}

/** What is known of a file once all of it is there. */
export type Arrived = {
  id: string
  type: string
  size: number
  sha256: Uint8Array
  width: number | undefined
  height: number | undefined
}

/**
 * A file is there: it is counted, and may become part of a message. What others have sent meanwhile
 * counts as well.
 */
export async function finishUpload(
  sql: Sql,
  { id, type, size, sha256, width, height }: Arrived,
  bounds: FileBounds,
): Promise<Refusal | null> {
  const { rows } = await sql.query<{ mine: number; everybodys: number }>(
    `with arrived as (
       update files set state = 'ready', type = $2, size = $3, sha256 = $4, width = $5, height = $6
        where id = $1 and state = 'arriving' returning uploader_id
     ), counted as (
       insert into file_use as u (person_id, bytes) select uploader_id, $3 from arrived
       on conflict (person_id) do update set bytes = u.bytes + excluded.bytes
       returning bytes
     )
     select bytes as mine, $3 + coalesce((select sum(bytes) from file_use), 0)::bigint as everybodys from counted`,
    [id, type, size, Buffer.from(sha256), width ?? null, height ?? null],
  )
  const row = rows[0]
  if (!row) return new Refusal('unavailable', 'The upload took too long. Send it again.')
  if (row.everybodys > bounds.serverBytes) return serverIsFull()
  return row.mine > bounds.personBytes ? youAreFull(bounds.personBytes) : null
}

/** Keeps a smaller picture of a file. */
export async function keepPreview(sql: Sql, id: string, preview: Uint8Array): Promise<void> {
  await sql.query("update files set preview = $2 where id = $1 and state = 'ready'", [
    id,
    Buffer.from(preview),
  ])
}

/** Gives up files that are in no message: they are collected with the next sweep. */
export async function giveUp(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql.query(
    "update files set expires_at = now() where id = any($1) and state in ('arriving', 'ready')",
    [ids],
  )
}

/**
 * For when the disk of the database is full: has it use the pieces of its write-ahead log again, in
 * place of new ones. Without any left it would stop, and not start again before somebody makes room.
 * It may not be ours to ask for (https://www.postgresql.org/docs/current/sql-checkpoint.html).
 * @returns asks for it, once in a while however often it is called
 */
export function createSpareLog(sql: Sql): () => void {
  let askedAt = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - askedAt < limits.spareLogMs) return
    askedAt = performance.now()
    sql.query('checkpoint').catch(() => {})
  }
}

export const serverIsFull = () =>
  new Refusal(
    'unavailable',
    'The server has no room for more files. Tell whoever looks after it.',
    {
      retryAfterSeconds: limits.fullRetrySeconds,
    },
  )

export const youAreFull = (bytes: number) =>
  new Refusal(
    'too_large',
    `Your files may take ${inMebibytes(bytes)} all together, and do. Delete some that nobody needs any more.`,
  )

export const tooLarge = (name: string, bytes: number) =>
  new Refusal(
    'too_large',
    `“${name}” is too large: a file may have ${inMebibytes(bytes)} at the most.`,
  )

const inMebibytes = (bytes: number): string =>
  bytes >= 1024 ** 2 ? `${Math.floor(bytes / 1024 ** 2)} MiB` : `${Math.floor(bytes / 1024)} KiB`
