import { emptyDeleted, expireServerLog, expireTalk } from '../chat/retention.ts'
import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Log, messageOf } from './log.ts'

/**
 * Lets old messages go now and then, as the server's policy and the rooms have it.
 * @returns stops it; what is under way is finished.
 */
export function keepRetention(sql: Sql, log: Log): () => Promise<void> {
  let running: Promise<void> = Promise.resolve()
  let isStopped = false
  const pass = async () => {
    let gone = 0
    for (let step = await expireTalk(sql); step > 0 && !isStopped; step = await expireTalk(sql)) {
      gone += step
    }
    await expireServerLog(sql)
    while (!isStopped && (await emptyDeleted(sql)) > 0);
    if (gone > 0) log.info('old messages are gone', { events: gone })
  }
  const timer = setInterval(() => {
    running = running.then(pass).catch((error) => {
      if (!databaseIsAway(error)) log.warn('retention', { error: messageOf(error) })
    })
  }, limits.retentionMs)
  timer.unref()
  return async () => {
    isStopped = true
    clearInterval(timer)
    await running
  }
}
