import { roleIn, seesRoom } from './access.ts'
import type { Asked } from './entry.ts'
import { intoServerLog } from './server.ts'
import type { Sql } from './sql.ts'

/** Somebody who types in a room. */
export type Typist = {
  roomId: number
  personId: number
  name: string
  /** Whether they could send what they type: they are neither muted nor there to read. */
  may: boolean
  /** Whether others are to be told. */
  hints: boolean
  /** How far the server's log had come: who was removed by then is told nothing. */
  seq: number
}

/** Who types in which room, as it is now; null where they see none. */
export async function findTypist(sql: Sql, { session, slug }: Asked): Promise<Typist | null> {
  const { rows } = await sql.query<Typist>(
    `select r.id as "roomId", p.id as "personId", p.name, p.hints,
            not r.archived and ${roleIn} <> 'reader'
              and (p.kind = 'owner' or coalesce(m.muted_until <= now(), true)) as may,
            (select last_seq from server) as seq
       from (select * from policy limit 1) pol
       join sessions s on s.key = $1 and (s.expires_at is null or s.expires_at > now())
       join people p on p.id = s.person_id
       join rooms r on r.slug = $2
       left join members m on m.room_id = r.id and m.person_id = p.id
      where ${seesRoom}`,
    [session, slug],
  )
  return rows[0] ?? null
}

/**
 * Lets others be told of somebody, or not. Their waits end, and begin anew as they want it.
 * @returns the number of that change in the server's log; null where it was so already.
 */
export async function setHints(sql: Sql, personId: number, hints: boolean): Promise<number | null> {
  const { rows } = await sql.query<{ seq: number | null }>(
    `with changed as (
       update people set hints = $2 where id = $1 and hints <> $2 returning id
     ), ${intoServerLog('hints.changed')}
     select (select last_seq from counted) as seq`,
    [personId, hints],
  )
  return rows[0]?.seq ?? null
}
