/** What the tests of the embedded database share: homes, other processes, connections. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { findServer } from '../../handlers/local/pid-file.ts'
import { type Postgres, startPostgres } from '../../handlers/local/postgres.ts'

export type PgEnv = Postgres['env']

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

const undo: (() => Promise<unknown>)[] = []

/** Takes back what the tests began, newest first; for `after.each`. */
export async function cleanUp(): Promise<void> {
  for (let next = undo.pop(); next; next = undo.pop()) await next().catch(() => {})
}

/** An empty folder for a whole suite, and what removes it. */
export async function lastingFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'natter-local-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** An empty folder, removed by `cleanUp`. */
export async function temporaryFolder(): Promise<string> {
  const { folder, remove } = await lastingFolder()
  undo.push(remove)
  return folder
}

/** `startPostgres` in this process; stopped by `cleanUp` if it still runs. */
export async function started(home: string, port?: number): Promise<Postgres> {
  const postgres = await startPostgres({ home, port })
  undo.push(() => postgres.stop())
  return postgres
}

/** The rows of one statement, on a connection of its own. */
export async function ask(env: PgEnv, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    host: env.PGHOST,
    port: Number(env.PGPORT),
    user: env.PGUSER,
    password: env.PGPASSWORD,
    database: env.PGDATABASE,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** The server process of a database folder, or `undefined` where none runs. */
export async function serverOf(folder: string): Promise<number | undefined> {
  return (await findServer(join(folder, 'data')))?.pid
}

/** What `postmaster.pid` holds. */
export const pidFile = (folder: string) => readFile(join(folder, 'data', 'postmaster.pid'), 'utf8')

/** Waits until it holds, at most 10 s. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${holds}`)
    await sleep(50)
  }
}

export type Spawned = {
  child: ChildProcess
  output: () => string
  ended: Promise<number | NodeJS.Signals | null>
}

/** What the machine may have set for another server than the ones of these tests. */
const unset = {
  DATABASE_URL: undefined,
  DATABASE_URL_FILE: undefined,
  PGHOST: undefined,
  NATTER_PORT: undefined,
  NATTER_URL: undefined,
}

/**
 * Runs a TypeScript file of the project in a process of its own, killed by `cleanUp`.
 * @param root another copy of the project
 */
export function spawned(
  file: string,
  args: string[],
  env: Record<string, string | undefined> = {},
  root = PROJECT,
): Spawned {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, file), ...args], {
    cwd: root,
    env: { ...process.env, ...unset, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code)
  undo.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, output: () => output, ended }
}

/** Waits until the process has printed something that fits, at most 20 s. */
export async function printed(process: Spawned, pattern: RegExp): Promise<string> {
  let isOver = false
  process.ended.then(() => {
    isOver = true
  })
  const deadline = Date.now() + 20_000
  while (!pattern.test(process.output())) {
    if (isOver || Date.now() > deadline)
      throw new Error(`never printed ${pattern}: ${process.output()}`)
    await sleep(20)
  }
  return process.output()
}

/** Another process that has the database of `home` open, as `npm start` would. */
export async function anotherProcess(
  home: string | undefined,
  root = PROJECT,
): Promise<Spawned & { postgres: Pick<Postgres, 'env' | 'folder' | 'reused'> }> {
  const other = spawned('test/local/other-process.ts', home ? [home] : [], {}, root)
  return { ...other, postgres: JSON.parse(await printed(other, /\n$/)) }
}
