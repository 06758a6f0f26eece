import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { connection, migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type PersonJson } from './ask.ts'
import { isRefused } from './expect.ts'

const test = suite('the log')

let database: TestDatabase
let instance: Instance

test.before(async () => {
  database = await migratedDatabase()
})
test.after(() => database.drop())
test.before.each(async () => {
  instance = await startInstance(database.env)
})
test.after.each(() => instance.stop())

test('has one line for each request, with its status and id', async () => {
  const headers = { 'x-request-id': 'from-the-proxy-1' }
  await ask(instance.app, '/r/lobby', { headers })
  await ask(instance.app, '/r/nowhere', {})
  assert.is(instance.lines.length, 2)
  assert.match(
    instance.lines[0] ?? '',
    / GET \/r\/lobby status=200 ms=\d+ request=from-the-proxy-1$/,
  )
  assert.match(instance.lines[1] ?? '', / GET \/r\/nowhere status=404 ms=\d+ request=[\w-]{36}$/)
})

test('takes no id that could be more than one', async () => {
  for (const id of ['x', 'a b c d e f', '"quoted" id', 'x'.repeat(65)]) {
    await ask(instance.app, '/r/lobby', { headers: { 'x-request-id': id } })
  }
  for (const line of instance.lines) assert.match(line, /request=[0-9a-f-]{36}$/)
})

test('says nothing of health checks and waits that went well', async () => {
  for (const path of ['/healthz', '/readyz', '/r/lobby/messages?after=0&wait=1']) {
    assert.is((await ask(instance.app, path)).status, 200)
  }
  assert.equal(instance.lines, [])
})

test('holds no cookie, name, text or query', async () => {
  const ann = await join(instance.app, 'Annabel')
  const secrets = ['Annabel', ann.cookie.split('=')[1] ?? '', 'whisper', 'sought', '336699']
  await ask(instance.app, '/r/lobby/messages', { by: ann, json: { body: 'whisper' } })
  await ask(instance.app, '/r/lobby?after=sought', { by: ann })
  await ask(instance.app, '/r/lobby/messages?limit=sought', { by: ann })
  await ask(instance.app, '/rooms', { by: ann, json: { name: '', topic: 'whisper' } })
  await ask(instance.app, '/me', { by: ann, method: 'PATCH', raw: 'name=Annabel%00' })
  assert.is(instance.lines.length, 6)
  for (const secret of secrets) assert.not(instance.lines.join('\n').includes(secret), secret)
})

test('holds no link that lets somebody in, and nor does nginx’s', async () => {
  const secret = 'A'.repeat(43)
  const shown = nginxMap('log_path')
  for (const path of [`/enter/${secret}`, `/enter/${secret}?x=${secret}`, `//enter/${secret}/x`]) {
    for (const method of ['GET', 'POST']) await ask(instance.app, path, { method })
    assert.is(shown(path), '/enter/*')
  }
  assert.is(instance.lines.length, 6)
  for (const line of instance.lines) assert.match(line, / (GET|POST) \/enter\/\* status=404 /)
  assert.is(shown('/r/lobby?q=sought'), '/r/lobby')
})

test('the addresses that are pages are pages in nginx as well', () => {
  const isPage = nginxMap('is_page_path')
  for (const path of ['/me', '/me/password', '/devices', '/tokens', '/emoji', '/people?after=7']) {
    assert.is(isPage(path), '1', path)
  }
  assert.is(isPage('/enter/A_b-9'), '1')
  for (const path of [
    '/enter/',
    '/enter/a%2fb',
    '/enter/a/b',
    '/people/7',
    '/tokens/x',
    '/emoji/party-otter',
    '/me/events',
  ]) {
    assert.is(isPage(path), '', path)
  }
})

test('an address cannot write lines of its own', async () => {
  for (const path of [
    '/r/a%0A12:00:00.000%20error%20x',
    '/r/%1b%5b2J',
    '/r/a%0d%0ab',
    '/%E2%80%AE',
  ]) {
    await ask(instance.app, path)
  }
  assert.is(instance.lines.length, 4)
  for (const line of instance.lines) assert.match(line, /^[\x20-\x7e]+$/)
})

test('addresses that are not understood are not found, and no crash', async () => {
  for (const path of [
    '/r/%00',
    '/r/%ff',
    '/r/%',
    '/r/%zz',
    '/r/lobby/messages/%ff',
    '/r//messages',
  ]) {
    assert.is((await ask(instance.app, path)).status, 404, path)
  }
  assert.not.match(instance.lines.join('\n'), / (warn|error) /)
})

test('has the whole of what nobody expected, and the answer has none of it', async () => {
  const ann = await join(instance.app, 'ann')
  const { sql, end } = await directly()
  await sql('alter table messages rename column body to text')
  for (const form of ['json', 'fragment', 'page', 'text'] as const) {
    const response = await ask(instance.app, '/r/lobby/messages', { by: ann, form })
    const said = await response.clone().text()
    assert.not.match(said, /column|select|does not exist|\n\s+at |\.ts/)
    await isRefused(form, response, 500, 'unexpected')
  }
  await sql('alter table messages rename column text to body')
  await end()
  const errors = instance.lines.filter((line) => line.includes(' error '))
  assert.is(errors.length, 4)
  assert.match(errors[0] ?? '', /unexpected request=\S+ error=".*does not exist.*\\n +at /)
  assert.is((await jsonOf<PersonJson>(ask(instance.app, '/me', { by: ann }))).name, 'ann')
})

/** What one of nginx's maps makes of an address: the first of its patterns that fits. */
function nginxMap(variable: string): (path: string) => string {
  const folder = fileURLToPath(new URL('../../nginx/snippets/', import.meta.url))
  const text = ['log.conf', 'routes.conf']
    .map((name) => readFileSync(folder + name, 'utf8'))
    .join('')
  const [, body = ''] =
    new RegExp(`map \\$request_uri \\$${variable} \\{([^}]*)\\}`).exec(text) ?? []
  const rows = [...body.matchAll(/"~(\*?)([^"]+)"\s+([^;]+);/g)].map(
    ([, any, pattern = '', to = '']) => ({
      pattern: new RegExp(pattern, any ? 'i' : ''),
      to,
    }),
  )
  assert.ok(rows.length > 0)
  return (path) => {
    const row = rows.find(({ pattern }) => pattern.test(path))
    const groups = row?.pattern.exec(path)?.groups ?? {}
    return row ? row.to.replace(/\$(\w+)/g, (_, name) => groups[name] ?? '') : ''
  }
}

/** A connection beside the instance. */
async function directly() {
  const client = new pg.Client(connection(database.env))
  await client.connect()
  return { sql: (text: string) => client.query(text), end: () => client.end() }
}

test.run()
