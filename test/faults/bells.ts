/** What is done to the doorbells, by way of the database. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { limits } from '../../handlers/limits.ts'
import { ask, freshRoom, guest } from '../stack/client.ts'
import { until } from '../until.ts'
import { liveCursor } from './scenario.ts'
import { composeArgs, sql } from './stack.ts'

/** As `handlers/live/listen.ts` calls it. */
const channel = 'natter'

const quietly = ['-U', 'postgres', '-X', '-q']

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

/** Enough that some of them are at another backend than the one that takes the message. */
const waits_count = 12

/**
 * How many bells ring for three messages. Others wait for each message, at all backends: by the time
 * that all have it, its bell has rung, if it does.
 */
export async function bellsOfPosts(): Promise<number> {
  const [someone, ear] = [await guest(), await openEar()]
  const room = await freshRoom(someone)
  for (let times = 0; times < 3; times++) {
    const cursor = await liveCursor(room)
    const wait = () => ask(`/r/${room}/messages?after=${cursor}&wait=${limits.waitSeconds}`)
    const waits = Array.from({ length: waits_count }, wait)
    await someone.say(room, 'Is this heard?')
    await Promise.all(waits)
  }
  return ear.close()
}

/** Listens to the doorbells. `close` says how many have rung; the watchdogs' own are among them. */
async function openEar(): Promise<{ close(): Promise<number> }> {
  const child = spawn('docker', composeArgs('exec', '-T', 'db', 'psql', ...quietly), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let heard = ''
  child.stdout.on('data', (text) => {
    heard += text
  })
  child.stdin.write(`listen ${channel};\n\\echo listening\n`)
  await until(() => heard.includes('listening'))
  return {
    async close() {
      // psql tells what has come after the next statement.
      child.stdin.end('select;\n')
      await closed
      return heard.split('\n').filter((line) => line.startsWith('Asynchronous')).length
    },
  }
}
