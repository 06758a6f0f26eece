import { readFile } from 'node:fs/promises'
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import { createApp } from './app.ts'
import { gatherEntries } from './chat/entry.ts'
import { createSpareLog } from './chat/files/uploads.ts'
import { createPasswords } from './chat/passwords.ts'
import { Reads } from './chat/reads.ts'
import { databaseIsAway } from './chat/sql.ts'
import { Uses } from './chat/uses.ts'
import { Writing } from './chat/writing/queue.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { RepeatedRequest } from './direct/request.ts'
import { directWaits } from './direct/waits.ts'
import { collectYoung } from './direct/young.ts'
import { type Database, openDatabase } from './drivers/database.ts'
import { openStores } from './drivers/stores.ts'
import { placeOf } from './http/address.ts'
import { secretOf } from './http/identity.ts'
import { believeHeader } from './http/login-header.ts'
import { createPace, createSignInPace } from './http/pace.ts'
import { createPaces } from './http/paces.ts'
import { createProvider } from './http/provider.ts'
import { securityHeaders } from './http/security.ts'
import { createSlots } from './http/slots.ts'
import { createTurns } from './http/turns.ts'
import { limits } from './limits.ts'
import type { Bell, Doorbell } from './live/doorbell.ts'
import { type Engine, openEngine } from './live/engine.ts'
import { ListenBell } from './live/listen.ts'
import { SERVER_LOG } from './live/log.ts'
import { PollingBell } from './live/poll.ts'
import { createPreviews } from './media/previews.ts'
import { migrateOn, pendingMigrations } from './migrate.ts'
import { addressFor, giveAnotherSecret, printOwnerLink } from './operator.ts'
import { keepCollecting } from './ops/collecting.ts'
import { type Indexing, keepIndexed } from './ops/indexing.ts'
import { createLog, type Log, messageOf } from './ops/log.ts'
import { offerFirstOwner } from './ops/owner-link.ts'
import { keepRetention } from './ops/retention.ts'
import { withStaticFiles } from './static.ts'

type Options = {
  /** Serves `public/` as well, where no proxy does. */
  pages?: boolean
  /** Puts further routes on the application. */
  more?: (app: Hono) => void
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
  database.onBroken((error) => log.warn('connection lost', { error: messageOf(error) }))
  await migrateWhenThere(database, config.sqlDir, log)

  const live = await openLive(config.doorbell, database, log)
  const parts = openParts(config, database, live, log)
  const state = { stopping: false }
  const secret = () => secretOf(config, live.server())
  const app = createApp({
    log,
    sql: database.pool,
    searchSql: database.search,
    hub: live.hub,
    heads: live.heads,
    known: live.known,
    hinting: live.hinting,
    announce: live.announce,
    server: live.server,
    secret,
    ...atTheDoor(config, log),
    ...parts.given,
    ready: async () => !state.stopping && (await isCurrent(database, config.sqlDir)),
    shell: await readFile(join(config.publicDir, 'index.html'), 'utf8'),
  })
  options.more?.(app)
  const fetch = options.pages ? withStaticFiles(app, config.publicDir).fetch : app.fetch
  const listener = directWaits({
    sql: database.pool,
    engine: live,
    enter: parts.given.uses.noting(gatherEntries(database.pool)),
    secret,
    headers: options.pages ? securityHeaders : {},
    application: getRequestListener(closing(fetch, () => state.stopping)),
  })
  const release = async () => {
    await parts.stop()
    await live.stop()
    await database.end()
  }
  const http = await listen(listener, config).catch(async (error) => {
    await release()
    throw error
  })
  const { port } = http.address() as AddressInfo
  log.info('listening', { port })
  await offerFirstOwner(database.pool, addressFor(config, port), log).catch((error) =>
    log.warn('no link for the first owner: start again', { error: messageOf(error) }),
  )

  const stop = async () => {
    state.stopping = true
    log.info('stopping', { held: live.hub.held })
    await live.release(Math.min(limits.stopSpreadMs, live.hub.held))
    await closed(http)
    await release()
    log.info('stopped')
  }
  return { url: `http://localhost:${port}`, stop: callOnce(stop) }
}

/** What works beside the requests: what is written, noted, searched, collected. */
function openParts(config: Config, database: Database, live: Engine, log: Log) {
  const warn = (what: string) => (error: unknown) => log.warn(what, { error: messageOf(error) })
  const { pool, transact } = database
  const indexing = keepIndexed(pool, config.searchLanguage, log)
  const writing = new Writing({ transact, onMoved: tellBoth(live, indexing) })
  const stopRetention = keepRetention(pool, log)
  const { files, stopCollecting } = openFiles(config, database, log)
  const uses = new Uses(pool, warn('uses'))
  const reads = new Reads(pool, () => live.heads.nudge(), warn('reads'))
  const stop = async () => {
    // In this order: what was taken is stored, then it is rung for, and only then all is closed.
    uses.stop()
    await writing.stop()
    await reads.stop()
    // What may take long comes last: another instance goes on with it.
    await Promise.all([stopRetention(), stopCollecting(), indexing.stop()])
  }
  return { given: { writing, uses, files, reads }, stop }
}

/** What tells those who wait, and the search, that a room's log has reached a number. */
const tellBoth = (live: Engine, indexing: Indexing) => (roomId: number, seq: number) => {
  live.announce(roomId, seq)
  if (roomId !== SERVER_LOG) indexing.note(roomId)
}

/** Who is let in how often, and by what else than a password. */
const atTheDoor = (config: Config, log: Log) => ({
  passwords: createPasswords(config.passwordCost),
  pace: createPace(config.posts),
  paces: createPaces(config.perHour),
  searches: createTurns(),
  placeOf: placeOf(config.trustedProxies, config.unlimited),
  signIns: createSignInPace(),
  publicUrl: config.publicUrl,
  provider: config.oidc && createProvider(config.oidc, log),
  login: config.loginHeader && believeHeader(config.loginHeader),
})

/** What sending and having files needs, and what collects those that nobody can have any more. */
function openFiles({ files: bounds }: Config, { pool }: Database, log: Log) {
  const stores = openStores(bounds, pool)
  const previews = createPreviews((why) => log.warn(why))
  return {
    files: {
      stores,
      bounds,
      previews,
      slots: createSlots(),
      full: createSpareLog(pool),
      passed: collectYoung(),
    },
    stopCollecting: keepCollecting(pool, stores, log),
  }
}

/** A database that is not there yet is waited for: an orchestrator may start all at once. */
async function migrateWhenThere(database: Database, sqlDir: string, log: Log): Promise<void> {
  const onLocked = () => log.warn('waiting to change the schema: others hold a table')
  for (let tries = 0; ; tries++) {
    try {
      const applied = await migrateOn(database.client(), sqlDir, onLocked)
      log.info('schema', { applied: applied.length })
      return
    } catch (error) {
      if (!databaseIsAway(error)) throw error
      if (tries % 10 === 0) log.warn('waiting for the database', { error: messageOf(error) })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}

/** All that waits and wakes, with the doorbell that the settings name. */
function openLive(doorbell: Config['doorbell'], database: Database, log: Log): Promise<Engine> {
  return openEngine({
    sql: database.pool,
    createBell: (bell) => openBell(doorbell, database, bell),
    // The bell that looks is a sweep itself, and knows when to hold back.
    hints: doorbell === 'listen',
    sweepMs: doorbell === 'listen' ? limits.sweepMs : null,
    onState: (state, error) => {
      if (state === 'listening') log.info('doorbell listening')
      else log.warn('doorbell lost', { error: error ? messageOf(error) : undefined })
    },
    onError: (error) => log.error('waiting', { error: messageOf(error) }),
  })
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

/** `env` holds the connection that a request came by. */
type Fetch = (request: Request, env: HttpBindings | Http2Bindings) => Response | Promise<Response>

async function listen(listener: RequestListener, config: Config): Promise<HttpServer> {
  const server = createServer({ IncomingMessage: RepeatedRequest }, listener)
  // Longer than the proxy keeps an idle connection, so that it never sends into a closing one.
  server.keepAliveTimeout = 75_000
  // A file may take its time; who says nothing meanwhile is cut off (routes/upload.ts). Default: 300 s.
  server.requestTimeout = limits.uploadMs
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: config.port, host: config.host, backlog: limits.backlog }, resolve)
  })
  return server
}

/** While the server stops, each answer is the last on its connection. */
const closing =
  (fetch: Fetch, isStopping: () => boolean): Fetch =>
  async (request, env) => {
    const response = await fetch(request, env)
    if (isStopping()) response.headers.set('connection', 'close')
    return response
  }

/**
 * Lets nobody new in, waits for the answers that are under way, for so long, and then ends what is
 * left. A request may be on its way on a connection that idles, and HTTP's own `close` would cut
 * it: so the proxy lets go of those first.
 */
async function closed(http: HttpServer): Promise<void> {
  const late = setTimeout(() => http.closeAllConnections(), limits.drainMs)
  const left = new Promise((resolve) => http.once('close', resolve))
  // Of the listener alone: http.Server's own `close` ends idle connections as well.
  NetServer.prototype.close.call(http)
  await Promise.race([left, new Promise((resolve) => setTimeout(resolve, limits.idleMs))])
  http.closeIdleConnections()
  await left
  clearTimeout(late)
}

function callOnce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}

/**
 * The container's entry: settings from the environment, SIGTERM and SIGINT stop it. With the word
 * `owner-link` it prints such a link and no more.
 */
async function main(): Promise<void> {
  if (process.argv[2] === 'owner-link') return printOwnerLink(readConfig(process.env))
  if (process.argv[2] === 'rotate-secret') return giveAnotherSecret(readConfig(process.env))
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
