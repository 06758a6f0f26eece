import { collectFiles } from '../chat/files/collecting.ts'
import { StoreAway, type Stores } from '../chat/files/store.ts'
import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Log, messageOf } from './log.ts'

/**
 * Collects files that nobody can have any more, now and then.
 * @returns stops it; what is under way is finished.
 */
export function keepCollecting(sql: Sql, stores: Stores, log: Log): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let isStopped = false
  const pass = async () => {
    let gone = 0
    for (let step = 1; step > 0 && !isStopped; gone += step) step = await collectFiles(sql, stores)
    if (gone > 0) log.info('files are gone', { files: gone })
  }
  const timer = setInterval(() => {
    running = running.then(pass).catch((error) => {
      if (databaseIsAway(error) && !(error instanceof StoreAway)) return
      log.warn('collecting files', { error: messageOf(error) })
    })
  }, limits.collectMs)
  timer.unref()
  return async () => {
    isStopped = true
    clearInterval(timer)
    await running
  }
}
