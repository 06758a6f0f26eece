import net from 'node:net'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { databaseIsAway, type Sql } from '../../handlers/chat/sql.ts'
import { type Database, openDatabase } from '../../handlers/drivers/database.ts'
import { connection } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { drivers, openStorage, type Storage } from './storage.ts'

/** What a piece of work throws; the test fails where it throws nothing. */
async function thrown(work: Promise<unknown>): Promise<unknown> {
  const outcome = await work.then(
    () => ({ went: true }),
    (error: unknown) => ({ went: false, error }),
  )
  assert.not(outcome.went, 'it should have failed')
  return 'error' in outcome ? outcome.error : undefined
}

/** A port of 127.0.0.1 that nobody listens at. */
async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

for (const driver of drivers) {
  const test = suite(`a database that is away, on ${driver}`)
  let storage: Storage

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())

  /** Another pool on the same database, closed when the work is done. */
  async function withPool(
    change: Partial<Storage['config']>,
    work: (database: Database) => Promise<void>,
  ): Promise<void> {
    const database = await openDatabase({ ...storage.config, ...change })
    database.onBroken(() => {})
    try {
      await work(database)
    } finally {
      await database.end()
    }
  }

  const backend = async (sql: Sql) =>
    (await sql.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid

  test('a refused connection means away', async () => {
    const port = await closedPort()
    const nowhere = { host: '127.0.0.1', port, neonProxy: `127.0.0.1:${port}` }
    await withPool(driver === 'pg' ? { host: '127.0.0.1', port } : nowhere, async ({ pool }) => {
      assert.ok(databaseIsAway(await thrown(pool.query('select 1'))))
    })
    // The Neon driver keeps its proxy in a setting of the whole process.
    await openDatabase(storage.config).then((database) => database.end())
  })

  test('a connection that the server ended means away, and the next query gets another', async () => {
    await withPool({ poolConnections: 1 }, async ({ pool }) => {
      const pid = await backend(pool)
      const broken = thrown(pool.query('select pg_sleep(60)'))
      await asleep(pid)
      await storage.sql.query('select pg_terminate_backend($1)', [pid])
      assert.ok(databaseIsAway(await broken))
      assert.ok((await backend(pool)) !== pid)
    })
  })

  test('a statement that took too long means away', async () => {
    await withPool({}, async ({ pool }) => {
      const client = await pool.connect()
      await client.query('set statement_timeout = 50')
      assert.ok(databaseIsAway(await thrown(client.query('select pg_sleep(60)'))))
      client.release(true)
    })
  })

  test('a pool without a free connection means away', async () => {
    await withPool({ poolConnections: 1 }, async ({ pool }) => {
      const client = await pool.connect()
      assert.ok(databaseIsAway(await thrown(pool.query('select 1'))))
      client.release()
      assert.ok(await backend(pool))
    })
  })

  test('a statement that is wrong does not mean away', async () => {
    const wrong = ['select nothing_like_it', 'select 1/0', `insert into server default values`]
    for (const text of wrong) {
      assert.not(databaseIsAway(await thrown(storage.sql.query(text))), text)
    }
  })

  async function asleep(pid: number | undefined): Promise<void> {
    const text = `select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`
    await until(async () => (await storage.sql.query(text, [pid])).rowCount === 1)
  }

  test.run()
}

const test = suite('what does not mean that the database is away')

test('mistakes of our own', () => {
  for (const error of [new TypeError('x is not a function'), 'text', null, undefined, {}]) {
    assert.not(databaseIsAway(error))
  }
})

test('a database that does not let us in', async () => {
  const { env, close } = await openStorage('pg')
  const client = new pg.Client({ ...connection(env), database: 'natter_no_such_database' })
  assert.not(databaseIsAway(await thrown(client.connect())))
  await close()
})

test.run()
