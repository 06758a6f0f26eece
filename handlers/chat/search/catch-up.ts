import { limits } from '../../limits.ts'
import type { Sql } from '../sql.ts'

/**
 * Brings the search of some rooms further: what has happened since, and then what was said before,
 * from the newest on. Many instances may do so at once; each takes other rooms.
 * @param rooms ids of rooms that may be behind.
 * @param events of each room that are brought in at the most.
 * @returns ids of those that are behind still.
 */
export async function catchUp(
  sql: Sql,
  rooms: readonly number[],
  events: number = limits.searchEvents,
): Promise<number[]> {
  if (rooms.length === 0) return []
  await sql.query(
    `insert into search_rooms (room_id, seq, past)
     select id, last_seq, last_seq from rooms where id = any($1) on conflict do nothing`,
    [rooms],
  )
  await sql.query(live, [rooms, limits.searchRooms, events])
  await sql.query(past, [rooms, limits.searchRooms, events])
  const { rows } = await sql.query<{ id: number }>(`${behind} and r.id = any($1)`, [rooms])
  return rows.map(({ id }) => id)
}

/** Ids of all rooms that are behind. It looks at every room, so it is for now and then. */
export async function roomsBehind(sql: Sql): Promise<number[]> {
  const { rows } = await sql.query<{ id: number }>(behind)
  return rows.map(({ id }) => id)
}

/** Puts what was caught up where it is found fast; until then each search reads it through. */
export async function settle(sql: Sql): Promise<void> {
  await sql.query("select gin_clean_pending_list('search_gin')")
}

const behind = `select r.id from rooms r left join search_rooms s on s.room_id = r.id
  where (s.room_id is null or s.seq < r.last_seq or s.past > 0)`

/**
 * Puts the messages of `touched` (room_id, n) in as they are now. What is in already as it is now,
 * made in the same way, costs a look; what is deleted goes.
 */
const putIn = `state as materialized (
    select language::regconfig as language, language <> 'simple' as stems, edition from search_state
  ), gone as (
    delete from search s using touched t, messages m
     where s.room_id = t.room_id and s.n = t.n and m.room_id = t.room_id and m.n = t.n
       and m.deleted_at is not null
  ), fresh as materialized (
    select m.room_id, m.n, m.at, m.version, state.edition,
           to_tsvector('simple', m.body) as plain,
           case when state.stems then to_tsvector(state.language, m.body) else '' end as stemmed,
           array_to_tsvector(array[' a' || m.author_id]
             || coalesce(nullif(array(select ' f' || lexeme
                  from unnest(to_tsvector('simple', m.author_name))), '{}'),
                array[' n' || lower(m.author_name)])
             || case when m.body ~* '\\mhttps?://' then array[' hlink'] else '{}' end
             || case when m.body ~ '\`' then array[' hcode'] else '{}' end
             || case when m.files is not null then array[' hfile'] else '{}' end) as marks
      from state cross join touched t join messages m on m.room_id = t.room_id and m.n = t.n
      left join search s on s.room_id = t.room_id and s.n = t.n
     where m.deleted_at is null
       and (s.version, s.edition) is distinct from (m.version, state.edition)
  ), stored as (
    insert into search (room_id, n, at, version, edition, words)
    select room_id, n, at, version, edition, plain || stemmed || marks from fresh
    on conflict (room_id, n) do update
       set version = excluded.version, edition = excluded.edition, words = excluded.words
  ), known as (
    insert into search_words (room_id, word)
    select distinct room_id, lexeme from fresh cross join lateral unnest(plain || marks)
     where length(lexeme) between 3 and ${limits.searchWordChars} and lexeme !~ '^ [ahn]'
    on conflict do nothing
  )`

/** By the log: every change of a message is an event of its room. */
const live = `
with due as materialized (
  select s.room_id, s.seq, r.last_seq from search_rooms s join rooms r on r.id = s.room_id
   where s.room_id = any($1) and s.seq < r.last_seq
   order by s.room_id limit $2 for update of s skip locked
), events as materialized (
  select due.room_id, l.seq, l.n from due cross join lateral
    (select seq, n from log where room_id = due.room_id and seq > due.seq order by seq limit $3) l
), touched as materialized (
  select distinct room_id, n from events where n is not null
), ${putIn}
update search_rooms s set seq = coalesce(e.seq, due.last_seq)
  from due left join (select room_id, max(seq) as seq from events group by room_id) e
    on e.room_id = due.room_id
 where s.room_id = due.room_id`

/** By the messages, from the newest on: they are what is looked for first. */
const past = `
with due as materialized (
  select room_id, past from search_rooms where room_id = any($1) and past > 0
   order by room_id limit $2 for update skip locked
), touched as materialized (
  select due.room_id, m.n from due cross join lateral
    (select n from messages where room_id = due.room_id and n <= due.past order by n desc limit $3) m
), ${putIn}
update search_rooms s set past = coalesce(t.n - 1, 0)
  from due left join (select room_id, min(n) as n from touched group by room_id) t
    on t.room_id = due.room_id
 where s.room_id = due.room_id`
