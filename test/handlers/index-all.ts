/** The search of a test's own database, brought up to what was said. */
import { catchUp, roomsBehind, settle } from '../../handlers/chat/search/catch-up.ts'
import type { Sql } from '../../handlers/chat/sql.ts'

/** Catches up all rooms, as an instance does by and by. @returns how many rounds that took */
export async function indexAll(sql: Sql): Promise<number> {
  let rounds = 0
  for (let behind = await roomsBehind(sql); behind.length > 0; behind = await roomsBehind(sql)) {
    await catchUp(sql, behind)
    rounds++
  }
  await settle(sql)
  return rounds
}
