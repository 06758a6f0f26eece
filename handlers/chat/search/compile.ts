import { limits } from '../../limits.ts'
import type { Person } from '../people.ts'
import type { Sql } from '../sql.ts'
import type { Looked } from './excerpt.ts'
import type { SearchQuery } from './query.ts'
import type { Readable } from './rooms.ts'

/** A query as PostgreSQL takes it. */
export type Compiled = {
  /** A `tsquery`, as text; null where no message can have it. */
  query: string | null
  /** What is asked of the text alone; by it results are ranked. */
  text: string
  /** What is to be marked in what is found. */
  looked: Looked
}

type Row = {
  whole: string
  indexable: string
  terms: string[]
  without: string[]
  names: { name: string; words: string[] }[]
  plain: string[]
  stems: string[]
}

/** What a query is made of, in the words of the database's language. */
export type Words = Row & { query: SearchQuery; fixed: string[] }

/** Asks the database for the words of a query, as they are and by their stems. */
export async function wordsOf(sql: Sql, query: SearchQuery, person: Person | null): Promise<Words> {
  const { rows } = await sql.query<Row>(
    `with lang as materialized (
       select language::regconfig as language, language <> 'simple' as stems from search_state
     ), whole as materialized (
       select ${inBoth('$1::text')} as q from lang
     )
     select q::text as whole, querytree(q) as indexable,
       array(select (${inBoth('t.text')})::text from unnest($2::text[]) with ordinality t (text, at)
              order by at) as terms,
       array(select websearch_to_tsquery('simple', text)::text from unnest($3::text[]) t (text)) as without,
       (select coalesce(json_agg(json_build_object('name', lower(text),
                'words', array(select lexeme from unnest(to_tsvector('simple', text))))), '[]')
          from unnest($4::text[]) t (text)) as names,
       array(select lexeme from unnest(to_tsvector('simple', $1))) as plain,
       array(select lexeme from unnest(case when stems then to_tsvector(language, $1) end)) as stems
       from lang cross join whole`,
    [query.text, query.terms.map(({ text }) => text), query.without, query.from],
  )
  const row = rows[0]
  if (!row) throw new Error('The table "search_state" holds no row: the database was not migrated.')
  const has = query.has.map((one) => (one[0] === '-' ? `!${quoted(one.slice(1))}` : quoted(one)))
  const without = row.without.flatMap((one) => (one === '' ? [] : [`!(${one})`]))
  const from = row.names.flatMap((name) => namesOf(name, person))
  const fixed = [...has, ...without, ...(from.length > 0 ? [`(${from.join(' | ')})`] : [])]
  return { ...row, query, fixed }
}

/** The words as they are, or by their stems. */
const inBoth = (text: string) =>
  `(websearch_to_tsquery('simple', ${text})
     || case when stems then websearch_to_tsquery(language, ${text}) else '' end)`

/** All words of the name, the whole of one that has none, or a person's id. */
function namesOf({ name, words }: Row['names'][number], person: Person | null): string[] {
  const parts = words.map((word) => quoted(` f${word}`))
  const named = parts.length > 0 ? `(${parts.join(' & ')})` : quoted(` n${name}`)
  const id = /^\d{1,15}$/.test(name) ? [quoted(` a${name}`)] : []
  const me = name === 'me' && person ? [quoted(` a${person.id}`)] : []
  return [named, ...id, ...me]
}

/** The query by whole words. */
export function wholeWords({ whole, indexable, plain, stems, fixed, query }: Words): Compiled {
  const looked = { words: plain, beginnings: stems, parts: [] }
  const hasWords = whole !== '' && indexable !== '' && indexable !== 'T'
  if (query.text !== '' && !hasWords) return { query: null, text: '', looked }
  const all = [...(hasWords ? [`(${whole})`] : []), ...fixed]
  return { query: all.join(' & '), text: hasWords ? whole : '', looked }
}

/**
 * The query by parts of its words as well: each word may be another that has it in it.
 * @returns null where there are no such words.
 */
export async function partsOfWords(
  sql: Sql,
  { query, terms, fixed, plain, stems }: Words,
  rooms: Readable,
): Promise<Compiled | null> {
  if (query.terms.some(({ text }) => text.toLowerCase() === 'or')) return null
  const parts = query.terms.map(({ isWord, text }) =>
    isWord && text.length >= limits.searchPartChars ? text.toLowerCase() : null,
  )
  const found = await wordsWith(
    sql,
    parts.filter((one) => one !== null),
    rooms,
  )
  if (found.size === 0) return null
  const whole = terms.flatMap((term, at) => {
    const more = found.get(parts[at] ?? '') ?? []
    const either = [...(term === '' ? [] : [`(${term})`]), ...more.map(quoted)]
    return either.length > 0 ? [`(${either.join(' | ')})`] : []
  })
  const text = whole.join(' & ')
  const looked = { words: plain, beginnings: stems, parts: parts.filter((one) => one !== null) }
  return { query: [text, ...fixed].join(' & '), text, looked }
}

/**
 * Words that have one of `parts` in them, in rooms of which all is theirs. The shortest go first: they are
 * the nearest. No word of any other room counts, and so nothing is told of those.
 */
async function wordsWith(
  sql: Sql,
  parts: readonly string[],
  rooms: Readable,
): Promise<Map<string, string[]>> {
  if (parts.length === 0 || rooms.whole.length === 0) return new Map()
  const { rows } = await sql.query<{ part: string; words: string[] }>(
    `select part, array(
         select word from (
           select w.word from unnest($2::bigint[]) r (id) cross join lateral
             (select word from search_words
               where room_id = r.id and word > part and word < part || U&'\\+10FFFF'
               order by word limit ${limits.searchParts}) w
           union
           select word from search_words
            where to_regclass('search_words_parts') is not null and room_id = any($2)
              and word like '%' || part || '%'
              and word <> part and word not like ' %') as any_of
          order by not starts_with(word, part), length(word), word limit ${limits.searchParts}) as words
       from unnest($1::text[]) p (part)`,
    [[...new Set(parts)], rooms.whole],
  )
  return new Map(rows.flatMap(({ part, words }) => (words.length > 0 ? [[part, words]] : [])))
}

/** A word as a `tsquery` has it, whatever is in it. */
const quoted = (word: string): string => `'${word.replace(/['\\]/g, '$&$&')}'`
