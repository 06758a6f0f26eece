/** What a post is without batches: a transaction of its own, statement after statement. */
import pg from 'pg'

/** As many connections as Natter has. */
const connections = 10

type Post = { body: string; nonce: string }

/** Stores a post in a room, named by its word in addresses. @returns its number */
export type Store = (room: string, post: Post) => Promise<number>

/** On the database that the environment names; the author is the first person there is. */
export async function openStore(): Promise<Store> {
  const pool = new pg.Pool({ max: connections })
  const { rows } = await pool.query<{ id: string }>('select min(id) as id from people')
  const author = rows[0]?.id
  return async (room, { body, nonce }) => {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const locked = await client.query<{ id: string; last_seq: string }>({
        name: 'lock',
        text: 'update rooms set last_seq = last_seq + 1 where slug = $1 returning id, last_seq',
        values: [room],
      })
      const { id, last_seq: n } = locked.rows[0] ?? {}
      await client.query({
        name: 'message',
        text: `insert into messages
            (room_id, n, author_id, author_name, author_color, author_kind, body, nonce)
          values ($1, $2, $3, 'Guest', '#336699', 'guest', $4, $5)`,
        values: [id, n, author, body, nonce],
      })
      await client.query({
        name: 'event',
        text: `insert into log (room_id, seq, type, by_id, n)
          values ($1, $2, 'message.posted', $3, $2)`,
        values: [id, n, author],
      })
      await client.query('commit')
      return Number(n)
    } catch (error) {
      await client.query('rollback')
      throw error
    } finally {
      client.release()
    }
  }
}
