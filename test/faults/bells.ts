/** What is done to the doorbells, by way of the database. */
import { setTimeout as sleep } from 'node:timers/promises'
import { compose, sql } from './stack.ts'

/** As `handlers/live/listen.ts` calls it. */
const channel = 'natter'

const others = 'datname = current_database() and pid <> pg_backend_pid()'
const listening = `${others} and (query ilike 'listen %' or query ilike '%pg_notify%')`
const ofBackends = `${others} and application_name like 'natter%'`

const end = (which: string) =>
  `select count(pg_terminate_backend(pid)) from pg_stat_activity where ${which}`

/** How many connections listen. */
export const listeners = async (): Promise<number> =>
  Number(await sql(`select count(*) from pg_stat_activity where ${listening}`))

/** Ends every connection that listens. @returns how many there were */
export const endListeners = async (): Promise<number> => Number(await sql(end(listening)))

/**
 * From here on no bell rings: the name `pg_notify` is found in a schema that comes before the
 * system's own, where it does nothing. All else goes on, and nobody is told, as when notifications
 * get lost.
 */
export async function silenceBells(): Promise<void> {
  await sql(
    'create schema silence',
    `create function silence.pg_notify(text, text) returns void language sql as 'select'`,
    'alter database postgres set search_path = silence, pg_catalog, "$user", public',
    end(ofBackends),
  )
}

/** Undoes that. */
export async function ringBells(): Promise<void> {
  await sql(
    'alter database postgres reset search_path',
    end(ofBackends),
    'drop schema silence cascade',
  )
}

/** How many bells are heard while something is done. The watchdogs' own are among them. */
export async function heardWhile(work: () => Promise<unknown>): Promise<number> {
  const heard = listenFor_s(4)
  await sleep(1_000)
  await work()
  return (await heard).split('\n').filter((line) => line.startsWith('Asynchronous')).length
}

const listenFor_s = (seconds: number) => {
  const asking = ['-c', `listen ${channel}`, '-c', `select pg_sleep(${seconds})`]
  return compose('exec', '-T', 'db', 'psql', '-U', 'postgres', '-X', '-q', ...asking)
}
