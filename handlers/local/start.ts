import { type Config, ConfigError, readConfig } from '../config.ts'
import { serve } from '../node.ts'
import { type Database, type Env, openLocalDatabase } from './database.ts'
import { hasCode, StartError } from './errors.ts'
import { USAGE } from './usage.ts'

/** npm and tsx pass Ctrl+C on to a process that the terminal has already told. */
const ECHO_MS = 500

type Running = { stop(): Promise<void> }

if (process.argv.includes('--help') || process.argv.includes('-h')) console.log(USAGE)
else await main(process.env)

/** Starts all, or fails with nothing left running; the signals then stop it. */
async function main(env: Env): Promise<void> {
  const running = start(env)
  onSignals(async () => {
    const started = await running.catch(() => undefined)
    await started?.stop()
  })
  try {
    await running
  } catch (error) {
    process.exit(report(error))
  }
}

async function start(env: Env): Promise<Running> {
  // Settings that cannot be used are told before anything is started.
  readConfig(env)
  const database = await openLocalDatabase(env, (line) => console.log(line))
  try {
    return await startServing(readConfig(database.env), database)
  } catch (error) {
    await database.stop()
    throw withPort(error, env)
  }
}

async function startServing(config: Config, database: Database): Promise<Running> {
  const server = await serve(config, { pages: true })
  console.log(`Natter is ready: ${server.url}`)
  if (database.folder) console.log(`Your data is in ${database.folder}. Ctrl+C stops it.`)
  else console.log('Ctrl+C stops it.')
  const stop = async () => {
    // The server first: what it still has to write needs the database.
    await server.stop().finally(() => database.stop())
  }
  return { stop }
}

/** The first signal stops in order; one that comes later, when that takes too long, at once. */
function onSignals(stop: () => Promise<void>): void {
  let firstAt: number | undefined
  const hear = () => {
    if (firstAt !== undefined) {
      if (performance.now() - firstAt > ECHO_MS) process.exit(130)
      return
    }
    firstAt = performance.now()
    stop().then(
      () => process.exit(0),
      (error) => process.exit(report(error)),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, hear)
}

/** Errors that a person can mend are told in words; all others whole. @returns the exit status. */
function report(error: unknown): number {
  const known = error instanceof ConfigError || error instanceof StartError
  console.error(known ? error.message : error)
  return error instanceof ConfigError ? 2 : 1
}

function withPort(error: unknown, env: Env): unknown {
  const port = Number(env.PORT || 8000)
  if (hasCode(error, 'EADDRINUSE')) {
    return new StartError(`Port ${port} is taken. PORT=${port + 1} npm start uses another.`)
  }
  if (hasCode(error, 'EACCES')) {
    return new StartError(`Port ${port} is not for this user. PORT=8000 npm start uses another.`)
  }
  return error
}
