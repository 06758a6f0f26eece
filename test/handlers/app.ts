/** The whole service without a listener: the app on a real database, hub and doorbell. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { createApp } from '../../handlers/app.ts'
import { readServer } from '../../handlers/chat/server.ts'
import { databaseIsAway } from '../../handlers/chat/sql.ts'
import { readConfig } from '../../handlers/config.ts'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { createPace } from '../../handlers/http/pace.ts'
import { limits } from '../../handlers/limits.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { ListenBell } from '../../handlers/live/listen.ts'
import { SERVER_LOG } from '../../handlers/live/log.ts'
import { pendingMigrations } from '../../handlers/migrate.ts'
import { createLog } from '../../handlers/ops/log.ts'
import { latch } from '../until.ts'

type Env = Record<string, string | undefined>

/** One of possibly many instances of the service on the same database. */
export type Instance = {
  app: Hono
  hub: Hub
  /** Tells this instance and the others, as a post does. */
  announce: (roomId: number, seq: number) => void
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
 */
export async function startInstance(env: Env): Promise<Instance> {
  const config = readConfig(env)
  const database = await openDatabase(config.database)
  database.pool.on('error', () => {})
  const server = await readServer(database.pool)
  const lines: string[] = []
  const hub = new Hub(database.pool, (error) => lines.push(`the hub: ${String(error)}`))
  const sweep = () => hub.sweep()
  const advance = (roomId: number, seq: number) => {
    if (roomId !== SERVER_LOG) hub.advance(roomId, seq)
  }
  const listening = latch()
  const bell = new ListenBell({
    client: () => database.client(),
    onRing: advance,
    onMissed: sweep,
    onState: listening.open,
  })
  const sweeping = setInterval(() => void sweep().catch(() => {}), limits.sweepMs)
  const announce = (roomId: number, seq: number) => {
    advance(roomId, seq)
    bell.ring(roomId, seq)
  }
  const app = createApp({
    log: createLog('text', (line) => lines.push(line)),
    sql: database.pool,
    hub,
    announce,
    server: () => server,
    secret: () => config.secret ?? server.secret,
    pace: createPace(config.posts),
    ready: () =>
      pendingMigrations(database.pool, config.sqlDir).then((names) => names.length === 0, notReady),
    shell: await readFile(join(config.publicDir, 'index.html'), 'utf8'),
  })
  await listening.opened
  return {
    app,
    hub,
    announce,
    lines,
    async stop() {
      hub.stop()
      clearInterval(sweeping)
      await bell.stop()
      await database.pool.end()
    },
  }
}
