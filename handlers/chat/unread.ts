import { limits } from '../limits.ts'

/** What of a room somebody has not read: messages of others, and those among them that name them. */
export type Counts = { unread: number; mentions: number }

/**
 * How far somebody has read a room, in SQL, of `x` (their row in read_markers), `m` (in members) and
 * `r` (rooms). Null for a room that is none of theirs: one that they never looked into. Who was let
 * in and has not looked yet has read nothing of what they may see.
 * @param noted a number that they have read up to and that is not stored yet, or null.
 */
export const readUpTo = (noted = 'null::bigint'): string => `(case
    when coalesce(x.person_id, m.person_id, ${noted}) is not null
    then greatest(x.n, ${noted}, m.floor, r.first_seq) end)`

/**
 * What names somebody in a room after a number, in SQL, as messages of others that still stand.
 * @param everybody 0 where they are in the room, so that what names everybody there names them.
 */
export const mentionsAfter = (
  room: string,
  person: string,
  everybody: string,
  after: string,
): string => `(
  select count(distinct n)::integer from (
    select k.n from mentions k join messages t on t.room_id = k.room_id and t.n = k.n
     where k.room_id = ${room} and k.person_id in (${person}, ${everybody}) and k.n > ${after}
       and t.author_id <> ${person} and t.deleted_at is null limit ${limits.unreadCounted}) k)`

/** Of `own (id, person, after)`. */
const unread = `(
  select count(*)::integer from (
    select from (select author_id, deleted_at from messages
                  where room_id = own.id and n > own.after order by n limit ${limits.unreadLookedAt}) t
     where t.author_id <> own.person and t.deleted_at is null limit ${limits.unreadCounted}) k)`

/**
 * What somebody wants to be told of, in SQL: `counted`, of rows `own (id, person, everybody, after, level)`
 * with `unread` and `mentions`; `after` is null where there is nothing to count. Up to
 * `limits.unreadCounted`, which stands for more; so many messages are looked at at the most, whoever
 * wrote them.
 */
export const countedPart = `named as materialized (
  select own.*, case when after is null or level = 'nothing' then 0
                     else ${mentionsAfter('own.id', 'own.person', 'own.everybody', 'own.after')} end as mentions
    from own
), counted as (
  select own.*, case when after is null or level = 'nothing' then 0
                     when level = 'mentions' then mentions else ${unread} end as unread
    from named own
)`
