/** Fills a database with talk: rooms that grow side by side, one of them as large as all others. */
import type { Store } from '../kit/store.ts'

/** Words of rooms in addresses. */
export type Rooms = { big: string; others: string[] }

/** So many in one statement. */
const at_once = 1_000_000

/**
 * Makes messages, and the events of them, as if they had been written in this order: by turns one in
 * the big room and one in the next of the others. So neighbours in a room lie apart on disk.
 * @param size how many there are to be in all
 */
export async function fill(
  { ask }: Store,
  rooms: Rooms,
  size: number,
  say: (line: string) => void,
): Promise<void> {
  const [big, others] = [await idsOf(ask, [rooms.big]), await idsOf(ask, rooms.others)]
  // No look at each row's room and author, which are known to be there.
  await ask('set session_replication_role = replica')
  for (let first = 0; first < size; first += at_once) {
    const last = Math.min(first + at_once, size) - 1
    await ask(insert, [first, last, big, others])
    say(`${(last + 1).toLocaleString('en')} messages are there`)
  }
  await ask('reset session_replication_role')
  await ask(
    `update rooms set last_seq = n from (select room_id, max(n) as n from messages group by room_id)
       as newest where room_id = id`,
  )
  for (const table of ['messages', 'log', 'rooms']) await ask(`vacuum analyze ${table}`)
  // Written down now, and not while something is measured.
  await ask('checkpoint')
}

/** By the place of each message in the whole, beginning with 0. */
const insert = `with placed as (
    select g, case when g % 2 = 0 then ($3::bigint[])[1]
             else ($4::bigint[])[1 + (g / 2) % cardinality($4)] end as room_id,
           case when g % 2 = 0 then g / 2 else g / 2 / cardinality($4) end + 1 as n
      from generate_series($1::bigint, $2::bigint) as g
  ), author as (
    select id, name, color, kind from people order by id limit 1
  ), message as (
    insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body, at)
    select room_id, n, id, name, color, kind,
           'This is what was said here as number ' || n || ', in a line as people write them.',
           timestamptz '2020-01-01' + g * interval '10 seconds'
      from placed, author order by g
  )
  insert into log (room_id, seq, type, by_id, n, at)
  select room_id, n, 'message.posted', id, n, timestamptz '2020-01-01' + g * interval '10 seconds'
    from placed, author order by g`

async function idsOf(ask: Store['ask'], slugs: string[]): Promise<string[]> {
  const rows = await ask<{ id: string }>('select id from rooms where slug = any($1) order by id', [
    slugs,
  ])
  return rows.map(({ id }) => id)
}
