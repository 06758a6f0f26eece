import { once } from 'node:events'
import { Client, neonConfig, Pool } from '@neondatabase/serverless'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { type TestDatabase, testDatabase } from '../database.ts'
import { type NeonProxy, neonProxy } from '../neon-proxy.ts'
import { suite } from '../suite.ts'

const test = suite('Neon’s driver through the WebSocket proxy')

let database: TestDatabase
let proxy: NeonProxy
let pool: Pool

test.before(async () => {
  database = await testDatabase()
  const { PGHOST, PGPORT } = database.env
  proxy = await neonProxy({ host: PGHOST, port: Number(PGPORT) })
  neonConfig.wsProxy = () => proxy.address
  neonConfig.useSecureWebSocket = false
  neonConfig.pipelineConnect = false
  neonConfig.webSocketConstructor = WebSocket
  pool = new Pool(settings())
  pool.on('error', () => {})
})

test.after(async () => {
  await pool.end()
  await proxy.stop()
  await database.drop()
})

test('asks and is answered, also at length', async () => {
  const { rows } = await pool.query("select repeat('ä', $1) as long", [500_000])
  assert.is(rows[0].long.length, 500_000)
  const sent = await pool.query('select length($1) as length', ['ö'.repeat(500_000)])
  assert.is(sent.rows[0].length, 500_000)
})

test('takes a transaction back', async () => {
  await pool.query('create table rooms (name text)')
  const client = await pool.connect()
  await client.query('begin')
  await client.query("insert into rooms values ('lobby')")
  await client.query('rollback')
  client.release()
  const { rows } = await pool.query('select count(*)::int as count from rooms')
  assert.is(rows[0].count, 0)
})

test('hears a notification', async () => {
  const listener = await connected()
  await listener.query('listen bells')
  const heard = once(listener, 'notification')
  await pool.query("select pg_notify('bells', 'lobby:7')")
  const [{ channel, payload }] = await heard
  assert.equal([channel, payload], ['bells', 'lobby:7'])
  await listener.end()
})

test('learns that its connection was killed', async () => {
  const listener = await connected()
  const { rows } = await listener.query('select pg_backend_pid() as pid')
  // Not by once(): that rejects for the error that comes before the end.
  const ended = new Promise<void>((resolve) => listener.once('end', resolve))
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  await ended
  assert.is((await pool.query('select 1 as one')).rows[0].one, 1)
})

test('is refused when PostgreSQL is not there', async () => {
  const nowhere = await neonProxy({ host: '127.0.0.1', port: 1 })
  neonConfig.wsProxy = () => nowhere.address
  try {
    await connected()
    assert.unreachable('there is nothing to connect to')
  } catch (error) {
    assert.not.match(String(error), /nothing to connect to/)
  } finally {
    neonConfig.wsProxy = () => proxy.address
    await nowhere.stop()
  }
})

test('ends its connection to PostgreSQL when the client does', async () => {
  const listener = await connected()
  const { rows } = await listener.query('select pg_backend_pid() as pid')
  await listener.end()
  const left = 'select from pg_stat_activity where pid = $1'
  while ((await pool.query(left, [rows[0].pid])).rowCount) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
})

function settings() {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = database.env
  return {
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: PGDATABASE,
  }
}

async function connected(): Promise<Client> {
  const client = new Client(settings())
  client.on('error', () => {})
  await client.connect()
  return client
}

test.run()
