import { limits } from '../limits.ts'
import type { Sql } from './sql.ts'

/**
 * Deletes what is old in the server's log, which tells instances of what has just happened. One that
 * has been away for longer forgets all that it remembers.
 */
export async function expireServerLog(sql: Sql): Promise<void> {
  await sql.query(
    `delete from server_log where seq in (
       select seq from server_log where at < now() - $1 * interval '1 hour' order by seq limit $2)`,
    [limits.serverLogHours, limits.expiringEvents],
  )
}

/**
 * Deletes what is older than the server or its room keeps: messages and the events that told of them,
 * from the beginning of a room's log on, so that what is left has no gap. Many instances may do so at
 * once; each takes other rooms.
 *
 * A step takes few rooms, and so many events of each, so that nobody waits long for a lock.
 * @returns how many events are gone; as long as there are any, there may be more.
 */
export async function expireTalk(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ gone: number }>(
    `with due as materialized (
       select r.id, r.first_seq, clock_timestamp() - least(r.retention_days, pol.retention_days)
                                                     * interval '1 day' as until
         from rooms r cross join (select retention_days from policy limit 1) pol
        where least(r.retention_days, pol.retention_days) is not null and r.first_seq < r.last_seq
          and coalesce((select l.at from log l where l.room_id = r.id and l.seq > r.first_seq
                         order by l.seq limit 1)
                       < clock_timestamp() - least(r.retention_days, pol.retention_days)
                                             * interval '1 day', false)
        order by r.id limit $1 for no key update of r skip locked
     ), past as materialized (
       select due.id, due.first_seq,
              (select max(l.seq) from (select seq, at from log
                 where room_id = due.id and seq > due.first_seq order by seq limit $2) l
                where l.at < due.until) as seq
         from due
     ), talk as (
       delete from messages m using past where m.room_id = past.id and m.n <= past.seq
     ), events as (
       delete from log l using past where l.room_id = past.id and l.seq <= past.seq returning l.seq
     ), kept as (
       update rooms set first_seq = past.seq from past where rooms.id = past.id and past.seq is not null
     )
     select count(*) as gone from events`,
    [limits.expiringRooms, limits.expiringEvents],
  )
  return rows[0]?.gone ?? 0
}

/**
 * Empties what was deleted some time ago, when nobody can bring it back any more: its text, what it
 * said before, and what was given to it.
 * @returns how many messages were emptied; as long as there are any, there may be more.
 */
export async function emptyDeleted(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ emptied: number }>(
    `with due as materialized (
       select room_id, n from messages
        where deleted_at < clock_timestamp() - $1 * interval '1 second' and (body <> '' or files is not null)
        order by deleted_at limit $2 for update skip locked
     ), emptied as (
       update messages m set body = '', files = null, named = null, pinned_at = null from due
        where m.room_id = due.room_id and m.n = due.n returning m.n
     ), versions as (
       delete from edits e using due where e.room_id = due.room_id and e.n = due.n
     ), given as (
       delete from reactions e using due where e.room_id = due.room_id and e.n = due.n
     ), named as (
       delete from mentions e using due where e.room_id = due.room_id and e.n = due.n
     )
     select count(*) as emptied from emptied`,
    [limits.emptiedSeconds, limits.expiringEvents],
  )
  return rows[0]?.emptied ?? 0
}
