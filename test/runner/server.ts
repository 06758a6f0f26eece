/** A server of Natter for the layers that ask one over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import waitOn from 'wait-on'
import { type PgEnv, type TestDatabase, testDatabase } from '../database.ts'
import { program, project } from '../project.ts'

const ready_ms_max = 120_000
const stop_ms_max = 15_000
const lines_kept = 200

/** A running server; `said` is the last of what it has printed. */
export type Natter = {
  baseUrl: string
  /** A command of the shell, in the project's folder, that prints a link that makes an owner. */
  ownerLinkCommand: string
  /** Where it stores. */
  database: PgEnv
  said(): string
  stop(): Promise<void>
}

/**
 * Waits until the server at an address says that it is ready.
 * @param baseUrl such as `http://localhost:8000`; rejects after two minutes
 */
export async function untilReady(baseUrl: string): Promise<void> {
  const resource = `${baseUrl.replace(/\/+$/, '')}/readyz`.replace(/^https?/, '$&-get')
  await waitOn({ resources: [resource], timeout: ready_ms_max, window: 0, proxy: false })
}

/**
 * Starts a server as `npm start` does, on a free port, and waits until it is ready. Rejects with what
 * it has printed when it does not come up.
 * @param into its database, dropped when it stops; a new, empty one if not given
 * @param settings further variables of its environment; a `PORT` among them is its port
 */
export async function startNatter(
  into?: TestDatabase,
  settings: Record<string, string> = {},
): Promise<Natter> {
  const database = into ?? (await testDatabase())
  const port = settings.PORT ?? (await freePort())
  const child = spawn(process.execPath, program('handlers/local/start.ts'), {
    cwd: project,
    env: environment({ ...settings, ...database.env, PORT: String(port) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = listen(child)
  const baseUrl = `http://localhost:${port}`
  const stop = async () => {
    await end(child)
    await database.drop()
  }
  try {
    await Promise.race([untilReady(baseUrl), untilGone(child)])
    const { env } = database
    return { baseUrl, ownerLinkCommand: ownerLinkOf(env), database: env, said, stop }
  } catch (error) {
    await stop()
    throw new Error(`The server did not get ready. It said:\n${said()}`, { cause: error })
  }
}

function ownerLinkOf(env: PgEnv): string {
  const settings = Object.entries({ ...env, DATABASE_URL: '' }).map(
    ([name, value]) => `${name}='${value}'`,
  )
  const command = [process.execPath, ...program('handlers/local/owner-link.ts')]
  return [...settings, ...command.map((part) => `'${part}'`)].join(' ')
}

/** Only what the run gives may decide where its server stores, and where people find it. */
function environment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL, NATTER_PORT, NATTER_URL, ...rest } = process.env
  return { ...rest, ...own }
}

/** Keeps the last lines of what a process prints. */
function listen(child: ChildProcess): () => string {
  let lines: string[] = []
  const keep = (chunk: Buffer) => {
    lines = [...lines, ...chunk.toString().trimEnd().split('\n')].slice(-lines_kept)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => lines.join('\n')
}

async function untilGone(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, 'exit')
  throw new Error(`it ended with ${signal ?? code}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  const force = setTimeout(() => child.kill('SIGKILL'), stop_ms_max)
  child.kill('SIGTERM')
  await gone
  clearTimeout(force)
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
