/** One database with so much talk in it, brought into the search, and a server on it. */
import { catchUp, roomsBehind, settle } from '../../../handlers/chat/search/catch-up.ts'
import type { Sql } from '../../../handlers/chat/sql.ts'
import { type Backend, startBackend } from '../kit/backend.ts'
import { createGuest, type Guest } from '../kit/guest.ts'
import type { Store } from '../kit/store.ts'
import { talk } from './words.ts'

export type Library = {
  /** Messages in all. */
  size: number
  backend: Backend
  guest: Guest
  rooms: string[]
  /** What is looked for, by kind. */
  queries: Record<Kind, string>
  /** Time of the database for bringing one message in, in seconds. */
  indexing_s: number
  sizes: Sizes
}

export const kinds = ['rare', 'common', 'two', 'phrase', 'from', 'in', 'part', 'best'] as const
export type Kind = (typeof kinds)[number]

/** In bytes: the messages with their indexes, and what the search adds. */
export type Sizes = { messages: number; search: number; gin: number; words: number }

const rooms_all = 10
const authors = 50
const at_once = 20_000

/** Fills a database. @param say tells how far it is */
export async function openLibrary(
  store: Store,
  size: number,
  say: (line: string) => void,
): Promise<Library> {
  const first = await startBackend(store.env)
  const guest = await createGuest(first.baseUrl, 'Host')
  const names = Array.from({ length: rooms_all }, (_, at) => `Hall ${at}`)
  const rooms = await Promise.all(names.map(guest.makeRoom))
  await first.stop()
  const phrase = await fill(store, size, say)
  const began = performance.now()
  await bringIn(store)
  const indexing_s = (performance.now() - began) / 1_000 / size
  for (const table of ['messages', 'log', 'rooms', 'search', 'search_words'])
    await store.ask(`vacuum analyze ${table}`)
  await store.ask('checkpoint')
  say(`${size.toLocaleString('en')} messages are there and brought in`)
  const backend = await startBackend(store.env)
  const queries = queriesOf(phrase, rooms[3] ?? '')
  return {
    size,
    backend,
    guest: guest.at(backend.baseUrl),
    rooms,
    queries,
    indexing_s,
    sizes: await sizesOf(store),
  }
}

function queriesOf(phrase: string, room: string): Record<Kind, string> {
  const { word } = talk()
  return {
    rare: word(20_000),
    common: word(1),
    two: `${word(40)} ${word(300)}`,
    phrase: `"${phrase}"`,
    from: `from:"Person 17" ${word(100)}`,
    in: `in:${room} ${word(100)}`,
    part: word(25_000).slice(1, -1),
    best: word(30),
  }
}

/** Writes the messages by turns into the rooms. @returns two words that follow each other somewhere */
async function fill({ ask }: Store, size: number, say: (line: string) => void): Promise<string> {
  await ask(
    `insert into people (name, color, kind)
     select 'Person ' || i, '#336699', 'guest' from generate_series(1, ${authors}) i`,
  )
  await ask('set session_replication_role = replica')
  const { message } = talk()
  let phrase = ''
  for (let first = 0; first < size; first += at_once) {
    const bodies = Array.from({ length: Math.min(at_once, size - first) }, message)
    if (first + bodies.length >= size / 2)
      phrase ||= (bodies[7] ?? '').split(' ').slice(0, 2).join(' ')
    await ask(insert, [first, bodies])
    if (first % 200_000 === 0 && first > 0)
      say(`${first.toLocaleString('en')} messages are written`)
  }
  await ask('reset session_replication_role')
  await ask(
    `update rooms set last_seq = n, messages = n
       from (select room_id, max(n) as n from messages group by room_id) as newest where room_id = id`,
  )
  return phrase
}

const insert = `with placed as (
    select $1::bigint + at - 1 as g, body from unnest($2::text[]) with ordinality b (body, at)
  ), room as (
    select array_agg(id order by id) as ids from rooms where slug <> 'lobby'
  ), author as (
    select array_agg(id order by id) as ids from people where name like 'Person %'
  ), message as (
    insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body, at)
    select room.ids[1 + g % ${rooms_all}], g / ${rooms_all} + 1, author.ids[1 + g / 7 % ${authors}],
           'Person ' || 1 + g / 7 % ${authors}, '#336699', 'guest', body,
           timestamptz '2020-01-01' + g * interval '1 minute'
      from placed, room, author
    returning room_id, n, author_id, at
  )
  insert into log (room_id, seq, type, by_id, n, at)
  select room_id, n, 'message.posted', author_id, n, at from message`

async function bringIn({ ask }: Store): Promise<void> {
  const sql: Sql = {
    // The numbers are small; pg's own client reads them as text.
    query: async <Row extends object>(text: string, values: unknown[] = []) => ({
      rows: (await ask<Row>(text, values)).map(numbered),
    }),
  }
  for (let behind = await roomsBehind(sql); behind.length > 0; behind = await catchUp(sql, behind));
  await settle(sql)
}

const numbered = <Row extends object>(row: Row): Row =>
  'id' in row ? { ...row, id: Number(row.id) } : row

async function sizesOf({ ask }: Store): Promise<Sizes> {
  const rows = await ask<Record<keyof Sizes, string>>(
    `select pg_total_relation_size('messages') as messages, pg_total_relation_size('search') as search,
            pg_relation_size('search_gin') as gin, pg_total_relation_size('search_words') as words`,
  )
  const { messages = 0, search = 0, gin = 0, words = 0 } = rows[0] ?? {}
  return {
    messages: Number(messages),
    search: Number(search),
    gin: Number(gin),
    words: Number(words),
  }
}
