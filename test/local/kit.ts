/** What the tests of the embedded database share: homes, other processes, connections. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { ownerOf } from '../../handlers/local/account.ts'
import { findServer } from '../../handlers/local/pid-file.ts'
import { type Postgres, startPostgres } from '../../handlers/local/postgres.ts'
import { run } from '../../handlers/local/run.ts'
import { program } from '../project.ts'
import { until } from '../until.ts'

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

let template: Promise<string> | undefined

/** A home with a database that is stopped, for a whole suite; made once and copied. */
export async function lastingHome(): Promise<{ folder: string; remove: () => Promise<void> }> {
  template ??= makeTemplate()
  const home = await lastingFolder()
  await copyDatabase(await template, home.folder)
  return home
}

async function makeTemplate(): Promise<string> {
  const { folder, remove } = await lastingFolder()
  globalThis.natterAtEnd = [...(globalThis.natterAtEnd ?? []), remove]
  await (await startPostgres({ home: folder })).stop()
  return folder
}

/** Copies the database of one home into another, which then has a copy of its owner's as well. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const [original, copy] = [from, to].map((home) => join(home, 'postgres')) as [string, string]
  await cp(original, copy, { recursive: true, preserveTimestamps: true })
  await giveLike(original, copy)
}

/** Gives a file, or a folder with all in it, to the owner of another; only root has to. */
export async function giveLike(other: string, path: string): Promise<void> {
  const owner = await ownerOf(other)
  if (process.getuid?.() !== 0 || !owner) return
  await run('chown', ['-R', `${owner.uid}:${owner.gid}`, path])
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

export type Spawned = {
  child: ChildProcess
  output: () => string
  ended: Promise<number | NodeJS.Signals | null>
  isOver: () => boolean
}

/** What the machine may have set for another server than the ones of these tests. */
const unset = {
  DATABASE_URL: undefined,
  DATABASE_URL_FILE: undefined,
  PGHOST: undefined,
  NATTER_PORT: undefined,
  NATTER_URL: undefined,
}

/** The environment as from a terminal, not from inside the npm that runs these tests. */
export const terminal: Record<string, string | undefined> = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  ...unset,
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
  const started = program(file).map((arg) => arg.replace(PROJECT, join(root, '/')))
  return watched(spawn(process.execPath, [...started, ...args], inTerminal(root, env)))
}

/** `npm start` itself, in a group of its own as in a terminal; its end is awaited by `cleanUp`. */
export const npmStart = (env: Record<string, string>): Spawned =>
  watched(spawn('npm', ['start'], { ...inTerminal(PROJECT, env), detached: true }))

const inTerminal = (cwd: string, env: Record<string, string | undefined>) => ({
  cwd,
  env: { ...terminal, ...env },
  stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
})

/** Collects what a process prints; `cleanUp` kills it if it still runs, and shows that. */
function watched(child: ChildProcess): Spawned {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk
    })
  }
  let isOver = false
  const ended = once(child, 'close').then(([code, signal]) => {
    isOver = true
    return signal ?? code
  })
  undo.push(async () => {
    if (!isOver) console.log(`Still running; it has printed:\n${output}`)
    child.kill('SIGKILL')
    await ended
  })
  return { child, output: () => output, ended, isOver: () => isOver }
}

/** Waits until the process has printed something that fits; throws when it has ended without. */
export async function printed(process: Spawned, pattern: RegExp): Promise<string> {
  await until(() => pattern.test(process.output()) || process.isOver())
  if (pattern.test(process.output())) return process.output()
  throw new Error(`never printed ${pattern}: ${process.output()}`)
}

/** Another process that has the database of `home` open, as `npm start` would. */
export async function anotherProcess(
  home: string | undefined,
  root = PROJECT,
): Promise<Spawned & { postgres: Pick<Postgres, 'env' | 'folder' | 'reused'> }> {
  const other = spawned('test/local/other-process.ts', home ? [home] : [], {}, root)
  return { ...other, postgres: JSON.parse(await printed(other, /\n$/)) }
}
