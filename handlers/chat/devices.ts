import { limits } from '../limits.ts'
import { notFound, type Refusal } from './refusal.ts'
import { intoServerLog } from './server.ts'
import type { Sql } from './sql.ts'

/** A browser that somebody is known by. */
export type Device = {
  /** Tells it from their others, and opens nothing. */
  id: string
  /** Such as `Firefox on Linux`; empty for one that is older than such names. */
  name: string
  begunAt: Date
  /** Kept coarsely (uses.ts). */
  usedAt: Date
  isThis: boolean
}

/** Of a session's key so much that its person can name it: the first 16 hex digits. */
export const publicId = `encode(substring(key from 1 for 8), 'hex')`

/**
 * The devices of somebody, this one first, then the one that was used last.
 * @param session the key of the session that asks.
 */
export async function listDevices(
  sql: Sql,
  personId: number,
  session: Uint8Array,
): Promise<Device[]> {
  const { rows } = await sql.query<Device>(
    `select ${publicId} as id, coalesce(name, '') as name, created_at as "begunAt",
            coalesce(used_at, created_at) as "usedAt", key = $2 as "isThis"
       from sessions where person_id = $1 and kind = 'device'
      order by key = $2 desc, coalesce(used_at, created_at) desc, key limit $3`,
    [personId, session, limits.listedDevices],
  )
  return rows
}

/**
 * Ends one session of somebody: a device's, or a token.
 * @returns the number of that change in the server's log; `not_found` where they have no such one.
 */
export async function endSession(
  sql: Sql,
  personId: number,
  kind: 'device' | 'token',
  id: string,
): Promise<number | Refusal> {
  const { rows } = await sql.query<{ seq: number | null }>(
    `with ended as (
       delete from sessions where person_id = $1 and kind = $2 and ${publicId} = $3 returning person_id
     ), changed as (
       select distinct person_id as id from ended
     ), ${intoServerLog('session.ended')}
     select (select last_seq from counted) as seq`,
    [personId, kind, id],
  )
  return rows[0]?.seq ?? notFound(kind)
}

/**
 * Ends the sessions of all devices of somebody but one.
 * @param session the key of the one that stays.
 * @returns the number of that change in the server's log; null where there was no other.
 */
export async function endOtherDevices(
  sql: Sql,
  personId: number,
  session: Uint8Array,
): Promise<number | null> {
  const { rows } = await sql.query<{ seq: number | null }>(
    `with ended as (
       delete from sessions where person_id = $1 and kind = 'device' and key <> $2 returning person_id
     ), changed as (
       select distinct person_id as id from ended
     ), ${intoServerLog('session.ended')}
     select (select last_seq from counted) as seq`,
    [personId, session],
  )
  return rows[0]?.seq ?? null
}
