import { catchUp, roomsBehind, settle } from '../chat/search/catch-up.ts'
import { prepareSearch, sweepWords } from '../chat/search/state.ts'
import { databaseIsAway, type Sql } from '../chat/sql.ts'
import { limits } from '../limits.ts'
import { type Log, messageOf } from './log.ts'

export type Indexing = {
  /** Tells that something happened in a room. */
  note(roomId: number): void
  /** What is under way is finished. */
  stop(): Promise<void>
}

/**
 * Keeps the search up with what is said, apart from saying it: a second or so behind, and under much
 * load further, since it takes a part of the time alone. What another instance has left is found by
 * looking at all rooms now and then.
 */
export function keepIndexed(sql: Sql, language: string, log: Log): Indexing {
  const moved = new Set<number>()
  let lookedAt = Number.NEGATIVE_INFINITY
  /** A step that fails is too long for a statement: the next one is half as long, down to one event. */
  let part = 1
  let isPrepared = false
  let isBusy = false
  let isStopped = false
  let timer: NodeJS.Timeout

  /** One step. @returns whether there is more to do */
  const step = async (): Promise<boolean> => {
    if (!isPrepared) isPrepared = await prepare(sql, language, log)
    if (performance.now() - lookedAt > limits.searchAllMs) {
      for (const id of await roomsBehind(sql)) moved.add(id)
      lookedAt = performance.now()
      await sweepWords(sql)
    }
    if (moved.size === 0) return false
    const some = [...moved].slice(0, Math.max(1, Math.floor(limits.searchRooms / part)))
    for (const id of some) moved.delete(id)
    // Those that could not be caught up are looked at again, however it failed.
    const events = Math.max(1, Math.floor(limits.searchEvents / part))
    const behind = await catchUp(sql, some, events).catch((error) => {
      for (const id of some) moved.add(id)
      part = Math.min(limits.searchEvents, part * 2)
      throw error
    })
    part = Math.max(1, part / 2)
    for (const id of behind) moved.add(id)
    if (moved.size === 0) await settle(sql)
    return moved.size > 0
  }

  const turn = async () => {
    const began = performance.now()
    const isMore = await step().catch((error) => {
      if (!databaseIsAway(error)) log.warn('search', { error: messageOf(error) })
      return false
    })
    const share = isBusy ? limits.searchShareBusy : limits.searchShare
    isBusy = false
    const rest = (performance.now() - began) * (share - 1)
    if (!isStopped) next(isMore ? rest : Math.max(rest, limits.searchBehindMs))
  }
  const next = (ms: number) => {
    timer = setTimeout(() => {
      running = turn()
    }, ms)
    timer.unref()
  }
  let running: Promise<void> = Promise.resolve()
  next(limits.searchBehindMs)
  return {
    note(roomId) {
      isBusy = true
      moved.add(roomId)
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}

async function prepare(sql: Sql, language: string, log: Log): Promise<true> {
  const { isKnown, hasParts } = await prepareSearch(sql, language)
  if (!isKnown) {
    log.warn(
      'SEARCH_LANGUAGE is no text search configuration of the database: it stays as it was',
      {
        language,
      },
    )
  }
  if (!hasParts) {
    log.info('the database has no pg_trgm: words are found by their beginnings, not by other parts')
  }
  return true
}
