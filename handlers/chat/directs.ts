import { randomBytes } from 'node:crypto'
import { limits } from '../limits.ts'
import type { Person } from './people.ts'
import { invalid, notFound, type Refusal } from './refusal.ts'
import { type Room, type RoomRow, roomColumns, roomFrom } from './rooms.ts'
import type { Sql } from './sql.ts'

/** Checks the people that a conversation is asked for with: ids, separated by commas or blanks. */
export function readPeople(text: string | undefined, self: Person): number[] | Refusal {
  const words = (text ?? '').split(/[\s,]+/).filter((word) => word !== '')
  const isFine = words.length > 0 && words.every((word) => /^\d{1,15}$/.test(word))
  if (!isFine) return invalid({ people: 'people are the ids of those to talk to.' })
  const others = [...new Set(words.map(Number))].filter((id) => id !== self.id)
  if (others.length === 0) return invalid({ people: 'A conversation has somebody else in it.' })
  if (others.length >= limits.directPeople) {
    return invalid({ people: `A conversation has at most ${limits.directPeople} people.` })
  }
  return others
}

export type Conversation = { room: Room; created: boolean }

/**
 * The conversation of somebody with others: there is one for each set of people, made when it is
 * first asked for. Whom they have met in no room does not exist for them.
 */
export async function openDirect(
  sql: Sql,
  self: Person,
  others: readonly number[],
): Promise<Conversation | Refusal> {
  const ids = [self.id, ...others].sort((a, b) => a - b)
  // Of two who begin it at once, one finds it made only when they look again.
  return (
    (await findOrMake(sql, self, ids)) ?? (await findOrMake(sql, self, ids)) ?? notFound('person')
  )
}

async function findOrMake(sql: Sql, self: Person, ids: number[]): Promise<Conversation | null> {
  const { rows } = await sql.query<RoomRow & { met: number; created: boolean }>(
    `with met as (
       select p.id, p.name from people p
        where p.id = any($1::bigint[]) and p.banned_at is null and (p.id = $2 or exists (
          select from members their
            join rooms r on r.id = their.room_id
            left join members mine on mine.room_id = their.room_id and mine.person_id = $2
            cross join lateral (select * from policy limit 1) pol
            join people self on self.id = $2
           where their.person_id = p.id and not exists
                   (select from room_bans b where b.room_id = r.id and b.person_id = $2)
             and (mine.person_id is not null
                  or (r.visibility = 'open' and (self.kind <> 'guest' or pol.entry = 'open')))))
     ), made as (
       insert into rooms (slug, name, visibility, direct, created_by)
       select $3, left((select string_agg(name, ', ' order by id) from met), 60), 'closed', $4, $2
        where (select count(*) from met) = cardinality($1::bigint[])
       on conflict (direct) do nothing
       returning *, tableoid
     ), placed as (
       insert into members (room_id, person_id, role) select made.id, met.id, 'member' from made, met
     )
     select (select count(*) from met) as met, true as created, ${roomColumns} from made r
      union all
     select (select count(*) from met), false, ${roomColumns} from rooms r
      where r.direct = $4 and not exists (select from made)`,
    [ids, self.id, `talk-${randomBytes(8).toString('hex')}`, ids.join(',')],
  )
  const row = rows[0]
  // Who has met somebody once keeps the conversation, wherever they are now.
  return row ? { room: roomFrom(row), created: row.created } : null
}
