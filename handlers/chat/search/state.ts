import { limits } from '../../limits.ts'
import type { Sql } from '../sql.ts'

/**
 * Makes the search ready for a language: one that is another than before is brought into all messages
 * by and by, the newest first. Until then they are found by their words as they are.
 * @param language the name of a text search configuration; `simple` for none.
 * @returns whether the database knows that language, and whether it finds parts of words.
 */
export async function prepareSearch(
  sql: Sql,
  language: string,
): Promise<{ isKnown: boolean; hasParts: boolean }> {
  const { rows } = await sql.query<{ known: boolean; parts: boolean }>(
    `with wanted as materialized (
       select $1::text as language where exists
         (select from pg_ts_config where cfgname = $1 and pg_ts_config_is_visible(oid))
     ), changed as (
       update search_state s set language = wanted.language, edition = s.edition % 30000 + 1
         from wanted where s.language <> wanted.language
       returning s.language
     ), again as (
       update search_rooms set past = seq where exists (select from changed)
     )
     select exists (select from wanted) as known, search_parts() as parts`,
    [language],
  )
  return { isKnown: rows[0]?.known ?? false, hasParts: rows[0]?.parts ?? false }
}

/**
 * Forgets words that are in no message any more, some of them at each call, until all were looked at
 * and it begins anew.
 */
export async function sweepWords(sql: Sql): Promise<void> {
  await sql.query(
    `with state as materialized (
       select swept_room, swept_word from search_state for update
     ), looked as materialized (
       select w.room_id, w.word from state cross join lateral
         (select room_id, word from search_words
           where (room_id, word) > (swept_room, swept_word) order by room_id, word limit $1) w
     ), gone as (
       delete from search_words w using looked
        where w.room_id = looked.room_id and w.word = looked.word
          and not exists (select from search s where s.room_id = looked.room_id
            and s.words @@ ('''' || replace(replace(looked.word, '\\', '\\\\'), '''', '''''') || '''')::tsquery)
     ), last as (
       select room_id, word from looked order by room_id desc, word desc limit 1
     )
     update search_state set swept_room = coalesce((select room_id from last), 0),
                             swept_word = coalesce((select word from last), '')`,
    [limits.searchSwept],
  )
}
