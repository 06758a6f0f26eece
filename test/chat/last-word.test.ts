/** A database that ends a connection in the same breath in which it says that it is ready. */
import { once } from 'node:events'
import net from 'node:net'
import * as assert from 'uvu/assert'
import { databaseIsAway } from '../../handlers/chat/sql.ts'
import { readConfig } from '../../handlers/config.ts'
import { openDatabase } from '../../handlers/drivers/database.ts'
import { migratedDatabase, type PgEnv, type TestDatabase } from '../database.ts'
import { neonProxy } from '../neon-proxy.ts'
import { suite } from '../suite.ts'
import { drivers } from './storage.ts'

/** ReadyForQuery, idle: https://www.postgresql.org/docs/17/protocol-message-formats.html */
const ready = Buffer.from([0x5a, 0, 0, 0, 5, 0x49])

/** An ErrorResponse of these fields. */
function errorResponse(fields: Record<string, string>): Buffer {
  const text = Object.entries(fields).map(([code, value]) => `${code}${value}\0`)
  const body = Buffer.from(`${text.join('')}\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const farewell = errorResponse({ S: 'FATAL', V: 'FATAL', C: '57P01', M: 'told to go' })

/** A way to the database on which each connection ends as soon as it is ready. */
async function brittle({ PGHOST, PGPORT }: PgEnv) {
  const server = net.createServer((client) => {
    const database = net.connect({ host: PGHOST, port: Number(PGPORT) })
    client.pipe(database)
    for (const socket of [client, database]) {
      socket.on('error', () => {})
      socket.on('close', () => [client, database].forEach((one) => void one.destroy()))
    }
    database.on('data', (chunk: Buffer) => {
      if (chunk.subarray(-ready.length).equals(ready)) client.end(Buffer.concat([chunk, farewell]))
      else client.write(chunk)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    stop: () => once(server.close(), 'close'),
  }
}

for (const driver of drivers) {
  const test = suite(`a connection that ends as it begins, on ${driver}`)
  let store: TestDatabase

  test.before(async () => {
    store = await migratedDatabase()
  })
  test.after(() => store.drop())

  test('fails what was asked on it, and nothing else', async () => {
    const way = await brittle(store.env)
    const proxy =
      driver === 'neon' ? await neonProxy({ host: '127.0.0.1', port: way.port }) : undefined
    const env = { ...store.env, PGHOST: '127.0.0.1', PGPORT: String(way.port) }
    const database = await openDatabase(
      readConfig({ ...env, DB_DRIVER: driver, NEON_WS_PROXY: proxy?.address }).database,
    )
    database.onBroken(() => {})
    const asked = [
      database.transact([{ text: 'select 1', values: [] }]),
      database.pool.query('select 1'),
      database.search.query('select 1'),
    ]
    for (const one of await Promise.allSettled(asked)) {
      assert.is(one.status, 'rejected')
      if (one.status === 'rejected') assert.ok(databaseIsAway(one.reason), String(one.reason))
    }
    await database.end()
    await proxy?.stop()
    await way.stop()
  })

  test.run()
}
