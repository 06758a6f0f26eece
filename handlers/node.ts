import { readFile } from 'node:fs/promises'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer } from '@hono/node-server'
import { createApp } from './app.ts'
import { readServer, type Server } from './chat/server.ts'
import { databaseIsAway } from './chat/sql.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { type Database, openDatabase } from './drivers/database.ts'
import { createPace } from './http/pace.ts'
import { limits } from './limits.ts'
import type { Bell, Doorbell } from './live/doorbell.ts'
import { Hub } from './live/hub.ts'
import { ListenBell } from './live/listen.ts'
import { SERVER_LOG } from './live/log.ts'
import { PollingBell } from './live/poll.ts'
import { ServerLog } from './live/server-log.ts'
import { Sweep } from './live/sweep.ts'
import { migrateOn, pendingMigrations } from './migrate.ts'
import { createLog, type Log, messageOf } from './ops/log.ts'
import { withStaticFiles } from './static.ts'

type Options = {
  /** Serves `public/` as well, where no proxy does. */
  pages?: boolean
}

export type Running = { url: string; stop(): Promise<void> }

/**
 * Starts the server: migrates, opens the doorbell, then listens.
 * Rejects with Node's listen errors (`EADDRINUSE` and so on), and with the database's own where
 * it answers but refuses.
 */
export async function serve(config: Config, options: Options = {}): Promise<Running> {
  const log = createLog(config.logFormat)
  const database = await openDatabase(config.database)
  // A broken idle connection is replaced at the next query; without a listener it would be a crash.
  database.pool.on('error', (error) => log.warn('connection lost', { error: messageOf(error) }))
  await migrateWhenThere(database, config.sqlDir, log)

  const live = await openLive(config.doorbell, database, log)
  const state = { stopping: false }
  const app = createApp({
    log,
    sql: database.pool,
    hub: live.hub,
    announce: live.announce,
    server: live.server,
    secret: () => config.secret ?? live.server().secret,
    pace: createPace(config.posts),
    ready: async () => !state.stopping && (await isCurrent(database, config.sqlDir)),
    shell: await readFile(join(config.publicDir, 'index.html'), 'utf8'),
  })
  const fetch = options.pages ? withStaticFiles(app, config.publicDir).fetch : app.fetch
  const release = async () => {
    await live.stop()
    await database.pool.end()
  }
  const http = await listen(fetch, config, () => state.stopping).catch(async (error) => {
    await release()
    throw error
  })
  const { port } = http.address() as AddressInfo
  log.info('listening', { port })

  const stop = async () => {
    state.stopping = true
    log.info('stopping', { held: live.hub.held })
    live.hub.stop()
    await closed(http)
    await release()
    log.info('stopped')
  }
  return { url: `http://localhost:${port}`, stop: callOnce(stop) }
}

/** A database that is not there yet is waited for: an orchestrator may start all at once. */
async function migrateWhenThere(database: Database, sqlDir: string, log: Log): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const applied = await migrateOn(database.client(), sqlDir)
      log.info('schema', { applied: applied.length })
      return
    } catch (error) {
      if (!databaseIsAway(error)) throw error
      if (tries % 10 === 0) log.warn('waiting for the database', { error: messageOf(error) })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

/** The hub, the server's log and their doorbell, and what the database says of itself, read anew with each connection. */
async function openLive(doorbell: Config['doorbell'], database: Database, log: Log) {
  let server: Server = await readServer(database.pool)
  const failed = (error: unknown) => {
    if (!databaseIsAway(error)) log.error('waiting', { error: messageOf(error) })
  }
  const hub = new Hub(database.pool, failed)
  const serverLog = new ServerLog({
    sql: database.pool,
    onEvent: () => {},
    onLost: () => {},
    onError: failed,
  })
  const followed = new Sweep(database.pool, [serverLog])
  const sweep = async () => {
    await Promise.all([hub.sweep(), followed.now()]).catch((error) => {
      failed(error)
      throw error
    })
  }
  const advance = (roomId: number, seq: number) =>
    roomId === SERVER_LOG ? serverLog.advance(seq) : hub.advance(roomId, seq)
  const bell = openBell(doorbell, database, {
    onRing: advance,
    onMissed: sweep,
    onState: (state, error) => {
      if (state === 'lost')
        return log.warn('doorbell lost', { error: error ? messageOf(error) : undefined })
      log.info('doorbell listening')
      readServer(database.pool).then((now) => {
        server = now
      }, failed)
    },
  })
  // The bell that looks is a sweep itself, and knows when to hold back.
  const sweeping =
    doorbell === 'listen' && setInterval(() => void sweep().catch(() => {}), limits.sweepMs)
  return {
    hub,
    server: () => server,
    announce: (roomId: number, seq: number) => {
      advance(roomId, seq)
      bell.ring(roomId, seq)
    },
    stop: async () => {
      if (sweeping) clearInterval(sweeping)
      await bell.stop()
    },
  }
}

const openBell = (doorbell: Config['doorbell'], database: Database, bell: Bell): Doorbell =>
  doorbell === 'poll'
    ? new PollingBell(bell)
    : new ListenBell({ ...bell, client: () => database.client() })

async function isCurrent(database: Database, sqlDir: string): Promise<boolean> {
  try {
    return (await pendingMigrations(database.pool, sqlDir)).length === 0
  } catch (error) {
    if (databaseIsAway(error)) return false
    throw error
  }
}

type Fetch = (request: Request) => Response | Promise<Response>

async function listen(fetch: Fetch, config: Config, isStopping: () => boolean) {
  const server = createAdaptorServer({ fetch: closing(fetch, isStopping) }) as HttpServer
  // Longer than the proxy keeps an idle connection, so that it never sends into a closing one.
  server.keepAliveTimeout = 75_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: config.port, host: config.host, backlog: limits.backlog }, resolve)
  })
  return server
}

/** While the server stops, each answer is the last on its connection. */
const closing =
  (fetch: Fetch, isStopping: () => boolean): Fetch =>
  async (request) => {
    const response = await fetch(request)
    if (isStopping()) response.headers.set('connection', 'close')
    return response
  }

/** Waits for the answers that are under way, for so long, and then ends what is left. */
async function closed(http: HttpServer): Promise<void> {
  const late = setTimeout(() => http.closeAllConnections(), limits.drainMs)
  await new Promise((resolve) => http.close(resolve))
  clearTimeout(late)
}

function callOnce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}

/** The container's entry: settings from the environment, SIGTERM and SIGINT stop it. */
async function main(): Promise<void> {
  let running: Running | undefined
  // Before all else: the first process of a container is sent no signal that it does not handle.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(1), limits.exitMs).unref()
      void Promise.resolve(running?.stop()).then(() => process.exit(0))
    })
  }
  running = await serve(readConfig(process.env))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    console.error(error instanceof ConfigError ? error.message : error)
    process.exit(error instanceof ConfigError ? 2 : 1)
  })
}
