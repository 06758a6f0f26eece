import { limits } from '../../limits.ts'
import type { Sql } from '../sql.ts'
import type { StoreName, Stores } from './store.ts'

/**
 * Lets go of files that nobody can have any more: uploads that broke off or became part of no
 * message, and what belonged to a message that is gone. Many instances may do so at once, each takes
 * others; one that dies on the way leaves them to the next.
 *
 * @returns how many files are gone; as long as there are any, there may be more.
 */
export async function collectFiles(sql: Sql, stores: Stores): Promise<number> {
  const { rows } = await sql.query<{ id: string; store: StoreName }>(
    `update files set state = 'going', expires_at = now() + $2 * interval '1 second'
      where id in (select id from files where expires_at <= now()
                    order by expires_at limit $1 for update skip locked)
      returning id, store`,
    [limits.collectedFiles, limits.collectAgainSeconds],
  )
  let failed: unknown
  // One that its store does not let go of holds up no other.
  for (const { id, store } of rows) {
    await collect(sql, stores, id, store).catch((error) => {
      failed ??= error
    })
  }
  if (failed) throw failed
  return rows.length
}

/** The bytes first, so that a file whose row is gone takes no room anywhere. */
async function collect(sql: Sql, stores: Stores, id: string, store: StoreName): Promise<void> {
  await stores.of(store).remove(id)
  await sql.query(
    `with gone as (delete from files where id = $1 and state = 'going' returning uploader_id, size)
     update file_use u set bytes = greatest(0, u.bytes - gone.size) from gone where u.person_id = gone.uploader_id`,
    [id],
  )
}
