import { seesRoom } from '../chat/access.ts'
import type { Sql } from '../chat/sql.ts'
import { type Counts, countedPart, mentionsAfter, readUpTo } from '../chat/unread.ts'

/** Somebody's marker in a room that has moved. */
export type Marker = {
  personId: number
  roomId: number
  /** The transaction that moved it. */
  moved: number
}

/** How far somebody has read a room, for all their devices. */
export type ReadHead = Counts & {
  personId: number
  roomId: number
  slug: string
  /** What has this number or a lower one is read. */
  n: number
  /** The newest number of the room's log, and how many messages were posted in it. */
  last: number
  messages: number
}

/** What is told as one: the markers of one person in one room. */
export const markerKey = ({ personId, roomId }: Omit<Marker, 'moved'>): string =>
  `${personId} ${roomId}`

const theirs = `
  left join members m on m.room_id = r.id and m.person_id = p.id
  left join read_markers x on x.room_id = r.id and x.person_id = p.id`

/** These markers as they are now, by `markerKey`, but for rooms that are not for their people any more. */
export async function readMarkers(
  sql: Sql,
  markers: readonly Marker[],
): Promise<Map<string, ReadHead>> {
  if (markers.length === 0) return new Map()
  const { rows } = await sql.query<ReadHead>(
    `with listed as (
       select r.id, r.slug, r.last_seq, r.messages, p.id as person, m.level, ${readUpTo()} as read,
              case when m.person_id is not null then 0 end as everybody
         from unnest($1::bigint[], $2::bigint[]) a (person_id, room_id)
         cross join lateral (select * from policy limit 1) pol
         join people p on p.id = a.person_id
         join rooms r on r.id = a.room_id ${theirs}
        where ${seesRoom}
     ), own as materialized (
       select listed.*, case when last_seq > read then read end as after from listed
     ), ${countedPart}
     select person as "personId", id as "roomId", slug, read as n, last_seq as last, messages,
            unread, mentions from counted`,
    [markers.map(({ personId }) => personId), markers.map(({ roomId }) => roomId)],
  )
  return new Map(rows.map((row) => [markerKey(row), row]))
}

/**
 * Who of these people is named in what they have not read of these rooms, and how often: one look
 * into an index for each, and only for rooms in which anybody was ever named.
 * @returns counts by `markerKey`; who is not in it is not named.
 */
export async function readMentions(
  sql: Sql,
  roomIds: readonly number[],
  personIds: readonly number[],
): Promise<Map<string, number>> {
  if (roomIds.length === 0 || personIds.length === 0) return new Map()
  const { rows } = await sql.query<Omit<Marker, 'moved'> & { mentions: number }>(
    `with own as (
       select r.id, p.id as person, ${readUpTo()} as after,
              case when m.person_id is not null then 0 end as everybody
         from rooms r cross join unnest($2::bigint[]) p (id) ${theirs}
        where r.id = any($1) and coalesce(m.level, 'everything') <> 'nothing'
     )
     select person as "personId", id as "roomId", mentions
       from own cross join lateral (
            select ${mentionsAfter('own.id', 'own.person', 'own.everybody', 'own.after')} as mentions) k
      where mentions > 0`,
    [roomIds, personIds],
  )
  return new Map(rows.map((row) => [markerKey(row), row.mentions]))
}
