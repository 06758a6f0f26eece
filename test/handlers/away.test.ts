import pg from 'pg'
import * as assert from 'uvu/assert'
import { connection, migratedDatabase, type TestDatabase } from '../database.ts'
import { type Gate, openGate } from '../gate.ts'
import { neonProxy } from '../neon-proxy.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import {
  type Asked,
  ask,
  type ChangesJson,
  type Form,
  forms,
  join,
  jsonOf,
  type PageJson,
  type Someone,
  say,
} from './ask.ts'
import { isRefused } from './expect.ts'

/** Requests that need the database, whoever makes them. */
const needs: [what: string, path: string, asked: Asked][] = [
  ['the rooms', '/', {}],
  ['a room', '/r/lobby', {}],
  ['a page', '/r/lobby/messages', {}],
  ['changes', '/r/lobby/messages?after=0&wait=25', {}],
  ['a post', '/r/lobby/messages', { fields: { body: 'hello' } }],
  ['a new room', '/rooms', { fields: { name: 'Hello' } }],
  ['a new name', '/me', { fields: { _method: 'PATCH', name: 'Hello' } }],
]

async function isUnavailable(instance: Instance, form: Form, path: string, asked: Asked) {
  const response = await ask(instance.app, path, { ...asked, form })
  await isRefused(form, response, 503, 'unavailable')
  assert.match(response.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
}

const test = suite('while the database is away')

let database: TestDatabase
let gate: Gate
let instance: Instance
let other: Instance
let ann: Someone

test.before(async () => {
  database = await migratedDatabase()
  other = await startInstance(database.env)
})
test.after(async () => {
  await other.stop()
  await database.drop()
})
test.before.each(async () => {
  gate = await openGate(database.env)
  instance = await startInstance(gate.env)
  ann = await join(instance.app, 'ann')
})
test.after.each(async () => {
  await instance.stop()
  await gate.shut()
})

for (const [what, path, asked] of needs) {
  test(`${what} is 503 unavailable, in every form`, async () => {
    await gate.shut()
    for (const form of forms) await isUnavailable(instance, form, path, { ...asked, by: ann })
    await gate.open()
  })
}

test('the process answers, and says that it is not ready', async () => {
  assert.is((await ask(instance.app, '/readyz')).status, 200)
  await gate.shut()
  const health = await ask(instance.app, '/healthz')
  assert.equal([health.status, await health.text()], [200, 'ok\n'])
  const ready = await ask(instance.app, '/readyz')
  assert.is(ready.status, 503)
  assert.ok(ready.headers.get('retry-after'))
  for (const one of [health, ready])
    assert.match(one.headers.get('cache-control') ?? '', /no-store/)
  await gate.open()
})

test('a database that comes back is used again, and nothing was logged as a crash', async () => {
  await gate.shut()
  await isUnavailable(instance, 'json', '/r/lobby', {})
  await gate.open()
  await until(async () => (await ask(instance.app, '/r/lobby')).status === 200)
  assert.ok(instance.lines.some((line) => / warn +database away /.test(line)))
  assert.not.match(instance.lines.join('\n'), / error /)
})

test('who waited all along is answered when it is back', async () => {
  const { live } = await jsonOf<PageJson>(ask(instance.app, '/r/lobby/messages'))
  const waiting = ask(instance.app, `/r/lobby/messages?after=${live}&wait=25`)
  await until(() => instance.hub.held === 1)
  await gate.shut()
  await say(other.app, ann, 'lobby', 'said meanwhile')
  await gate.open()
  const { events } = await jsonOf<ChangesJson>(waiting)
  assert.is(events.at(-1)?.message.body, 'said meanwhile')
})

test('a post that is not stored in time is 503, and its retry settles it', async () => {
  const client = new pg.Client(connection(database.env))
  await client.connect()
  await client.query('begin')
  await client.query(`select from rooms where slug = 'lobby' for update`)
  const post = () =>
    ask(instance.app, '/r/lobby/messages', { by: ann, json: { body: 'late', nonce: 'late' } })
  const late = await post()
  await isRefused('json', late, 503, 'unavailable')
  assert.ok(late.headers.get('retry-after'))
  await client.query('rollback')
  await client.end()
  assert.ok([200, 201].includes((await post()).status))
  assert.is((await post()).status, 200)
  const { messages } = await jsonOf<PageJson>(ask(instance.app, '/r/lobby/messages'))
  assert.is(messages.filter((message) => message.body === 'late').length, 1)
})

test('a form without JavaScript is given back with what was typed', async () => {
  await gate.shut()
  const response = await ask(instance.app, '/r/lobby/messages', {
    by: ann,
    form: 'page',
    fields: { body: 'written <meanwhile>' },
  })
  assert.is(response.status, 503)
  const page = await response.text()
  assert.match(page, /<textarea name="body"[^>]*>\n?written &lt;meanwhile&gt;<\/textarea>/)
  assert.match(page, /<button type="submit">Send again<\/button>/)
  await gate.open()
})

test.run()

const neon = suite('while the database is away, through the Neon driver')

neon('every request is 503 unavailable', async () => {
  const { env, drop } = await migratedDatabase()
  const target = { host: env.PGHOST, port: Number(env.PGPORT) }
  const proxy = await neonProxy(target)
  const service = await startInstance({ ...env, DB_DRIVER: 'neon', NEON_WS_PROXY: proxy.address })
  const by = await join(service.app, 'ann')
  await proxy.stop()
  for (const [, path, asked] of needs) {
    for (const form of forms) await isUnavailable(service, form, path, { ...asked, by })
  }
  assert.is((await ask(service.app, '/readyz')).status, 503)
  assert.not.match(service.lines.join('\n'), / error /)
  await service.stop()
  await drop()
})

neon.run()
