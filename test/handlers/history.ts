/** What happens to a room, as later work will make it happen: changes of messages, straight in SQL. */
import pg from 'pg'
import { connection, type PgEnv } from '../database.ts'

export type History = {
  /** Says `count` things at once, one after the other. */
  fill(room: string, author: string, count: number): Promise<void>
  /** Changes a message's text. */
  edit(room: string, n: number, body: string): Promise<Moved>
  /** Deletes a message: its text is kept, and shown to nobody. */
  remove(room: string, n: number): Promise<Moved>
  end(): Promise<void>
}

/** The room and the newest number of its log. */
export type Moved = { roomId: number; seq: number }

export async function openHistory(env: PgEnv): Promise<History> {
  const client = new pg.Client(connection(env))
  await client.connect()

  /** One event of a message, and the message's new state, in one transaction. */
  const change = async (type: string, set: string, values: unknown[]): Promise<Moved> => {
    const { rows } = await client.query<{ id: string; last_seq: string }>(
      `with room as (
         update rooms set last_seq = last_seq + 1 where slug = $1 returning id, last_seq
       ), m as (
         update messages set ${set}, version = version + 1 from room
          where room_id = room.id and n = $2 returning author_id
       ), event as (
         insert into log (room_id, seq, type, by_id, n)
         select room.id, room.last_seq, '${type}', m.author_id, $2 from room, m
       )
       select id, last_seq from room`,
      values,
    )
    return { roomId: Number(rows[0]?.id), seq: Number(rows[0]?.last_seq) }
  }

  return {
    async fill(room, author, count) {
      await client.query(
        `with room as (
           update rooms set last_seq = last_seq + $3 where slug = $1 returning id, last_seq - $3 as was
         ), m as (
           insert into messages
             (room_id, n, author_id, author_name, author_color, author_kind, body)
           select room.id, was + turn, p.id, p.name, p.color, p.kind, 'filled ' || turn
             from room, people p, generate_series(1, $3) as turn where p.id = $2
           returning *
         )
         insert into log (room_id, seq, type, by_id, n, at)
         select room_id, n, 'message.posted', author_id, n, at from m`,
        [room, author, count],
      )
    },
    edit: (room, n, body) =>
      change('message.edited', 'body = $3, edited_at = now()', [room, n, body]),
    remove: (room, n) => change('message.deleted', 'deleted_at = now()', [room, n]),
    end: () => client.end(),
  }
}
