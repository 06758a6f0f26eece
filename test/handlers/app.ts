/** The whole service without a listener: the app on a real database, hub and doorbell. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { createApp } from '../../handlers/app.ts'
import type { Stores } from '../../handlers/chat/files/store.ts'
import { createSpareLog } from '../../handlers/chat/files/uploads.ts'
import { createPasswords, type Passwords } from '../../handlers/chat/passwords.ts'
import { Reads } from '../../handlers/chat/reads.ts'
import { databaseIsAway, type Sql } from '../../handlers/chat/sql.ts'
import { Uses } from '../../handlers/chat/uses.ts'
import { Writing } from '../../handlers/chat/writing/queue.ts'
import { readConfig } from '../../handlers/config.ts'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { openStores } from '../../handlers/drivers/stores.ts'
import { placeOf } from '../../handlers/http/address.ts'
import { type Secret, secretOf } from '../../handlers/http/identity.ts'
import { believeHeader } from '../../handlers/http/login-header.ts'
import { createPace, createSignInPace } from '../../handlers/http/pace.ts'
import { createPaces } from '../../handlers/http/paces.ts'
import { createProvider } from '../../handlers/http/provider.ts'
import { createSlots } from '../../handlers/http/slots.ts'
import { createTurns } from '../../handlers/http/turns.ts'
import { limits } from '../../handlers/limits.ts'
import { type Engine, openEngine } from '../../handlers/live/engine.ts'
import type { Hub } from '../../handlers/live/hub.ts'
import { ListenBell } from '../../handlers/live/listen.ts'
import { createPreviews } from '../../handlers/media/previews.ts'
import { pendingMigrations } from '../../handlers/migrate.ts'
import { createLog } from '../../handlers/ops/log.ts'
import { latch } from '../until.ts'

type Env = Record<string, string | undefined>

/** One of possibly many instances of the service on the same database. */
export type Instance = {
  app: Hono
  hub: Hub
  engine: Engine
  /** What its handlers and its engine read by. */
  sql: Sql
  stores: Stores
  secret: () => Secret
  /** Tells this instance and the others, as a post does. */
  announce: (roomId: number, seq: number) => void
  passwords: Passwords
  /** Writes what it has seen of sessions. */
  uses: Uses
  /** Writes how far people have read. */
  reads: Reads
  /** Every line that it has logged. */
  lines: string[]
  stop(): Promise<void>
}

function notReady(error: unknown): boolean {
  if (databaseIsAway(error)) return false
  throw error
}

/**
 * Starts an instance as the Node entry does, and comes back when its doorbell listens.
 * @param env the settings as the environment gives them: the database, `POST_BURST` and so on
 * @param through puts something between the instance and the database
 * @param options `isSilent`: it never rings the others, which then find out by looking alone;
 *   `readsLateMs`: see `Reads`
 */
export async function startInstance(
  env: Env,
  through: (sql: Sql) => Sql = (sql) => sql,
  { isSilent = false, readsLateMs }: { isSilent?: boolean; readsLateMs?: number } = {},
): Promise<Instance> {
  const config = readConfig({ PASSWORD_COST: process.env.PASSWORD_COST, ...env })
  const database = await openDatabase(config.database)
  database.onBroken(() => {})
  const sql = through(database.pool)
  const lines: string[] = []
  const listening = latch()
  const engine = await openEngine({
    sql,
    createBell: (bell) => {
      const rung = new ListenBell({ ...bell, client: () => database.client() })
      return isSilent ? Object.assign(rung, { ring: () => {} }) : rung
    },
    sweepMs: limits.sweepMs,
    hints: true,
    onState: listening.open,
    onError: (error) => lines.push(`the engine: ${String(error)}`),
  })
  const { hub, known, announce, server } = engine
  const writing = new Writing({ transact: database.transact, onMoved: announce })
  const passwords = createPasswords(config.passwordCost)
  const log = createLog('text', (line) => lines.push(line))
  const uses = new Uses(sql, (error) => lines.push(`uses: ${String(error)}`))
  const stores = openStores(config.files, sql)
  const reads = new Reads(
    sql,
    () => engine.heads.nudge(),
    (error) => lines.push(`reads: ${String(error)}`),
    readsLateMs,
  )
  const secret = () => secretOf(config, server())
  const app = createApp({
    log,
    sql,
    searchSql: through(database.search),
    hub,
    heads: engine.heads,
    known,
    hinting: engine.hinting,
    announce,
    writing,
    server,
    secret,
    passwords,
    pace: createPace(config.posts),
    paces: createPaces(config.perHour),
    searches: createTurns(),
    placeOf: placeOf(config.trustedProxies, config.unlimited),
    signIns: createSignInPace(),
    publicUrl: config.publicUrl,
    provider: config.oidc && createProvider(config.oidc, log),
    login: config.loginHeader && believeHeader(config.loginHeader),
    uses,
    files: {
      stores,
      bounds: config.files,
      previews: createPreviews((why) => lines.push(why)),
      slots: createSlots(),
      full: createSpareLog(database.pool),
      passed: () => {},
    },
    reads,
    ready: () =>
      pendingMigrations(database.pool, config.sqlDir).then((names) => names.length === 0, notReady),
    shell: await readFile(join(config.publicDir, 'index.html'), 'utf8'),
  })
  await listening.opened
  return {
    app,
    hub,
    engine,
    sql,
    stores,
    secret,
    announce,
    passwords,
    uses,
    reads,
    lines,
    async stop() {
      uses.stop()
      await engine.release(0)
      await writing.stop()
      await reads.stop()
      await engine.stop()
      await database.end()
    },
  }
}
