import { limits } from '../../limits.ts'
import type { Sql } from '../sql.ts'
import type { FileStore } from './store.ts'

/**
 * Files in PostgreSQL, in pieces of a table: what is said and what is sent is one database, and one
 * `pg_dump` is the whole backup. Each piece is a statement of its own, so that no connection is held
 * while the next one comes.
 */
export const chunkStore = (sql: Sql): FileStore => ({
  pieceBytes: limits.chunkBytes,

  async write(id, pieces) {
    let part = 0
    for await (const piece of pieces) {
      await sql.query('insert into file_chunks (file_id, part, bytes) values ($1, $2, $3)', [
        id,
        part++,
        piece,
      ])
    }
  },

  async *read(id, from, to) {
    for (let at = from; at < to; ) {
      const [part, skipped] = [Math.floor(at / limits.chunkBytes), at % limits.chunkBytes]
      const wanted = Math.min(limits.chunkBytes - skipped, limits.readBytes, to - at)
      // Base64, since the driver reads texts alone, and its own spelling of bytes is half as long again.
      const { rows } = await sql.query<{ text: string }>(
        `select encode(substring(bytes from $3 for $4), 'base64') as text
           from file_chunks where file_id = $1 and part = $2`,
        [id, part, skipped + 1, wanted],
      )
      const bytes = Buffer.from(rows[0]?.text ?? '', 'base64')
      // A row is held on to, though by nobody who needs it, until all of memory is looked through.
      if (rows[0]) rows[0].text = ''
      if (bytes.length !== wanted) throw new Error('A file went while it was read.')
      at += wanted
      yield bytes
    }
  },

  async remove(id) {
    await sql.query('delete from file_chunks where file_id = $1', [id])
  },
})
