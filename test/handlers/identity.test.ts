import pg from 'pg'
import * as assert from 'uvu/assert'
import { connection, migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type PersonJson, roomOf, type Someone } from './ask.ts'
import { isRefused } from './expect.ts'

const test = suite('who is asking')

let database: TestDatabase
let instance: Instance
let other: Instance

test.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  other = await startInstance(database.env)
})
test.after(async () => {
  await Promise.all([instance.stop(), other.stop()])
  await database.drop()
})

/** Takes away what the database holds of somebody, in one of its tables. */
async function remove(table: 'members' | 'sessions', { id }: Someone): Promise<void> {
  const client = new pg.Client(connection(database.env))
  await client.connect()
  await client.query(`delete from ${table} where person_id = $1`, [id])
  await client.end()
}

const kindOf = async (cookie: string, at = instance) =>
  (await jsonOf<PersonJson>(ask(at.app, '/me', { headers: { cookie } }))).kind

const become = (headers: Record<string, string> = {}) =>
  ask(instance.app, '/me', { method: 'PATCH', json: { name: 'ann' }, headers })

const setCookie = (response: Response) => response.headers.getSetCookie().join()

test('a guest gets a cookie that no script reads and no other site sends', async () => {
  const cookie = setCookie(await become())
  for (const part of [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i, /; Max-Age=\d{7}/i]) {
    assert.match(cookie, part)
  }
  assert.not.match(cookie, /secure/i)
})

test('the cookie is for HTTPS alone where the outside is HTTPS', async () => {
  assert.match(setCookie(await become({ 'x-forwarded-proto': 'https' })), /; Secure/i)
  assert.not.match(setCookie(await become({ 'x-forwarded-proto': 'http' })), /; Secure/i)
})

test('who was let in a moment ago writes nothing once they are signed out, or the room is shut', async () => {
  const ann = await join(instance.app, 'ann')
  const room = await roomOf(instance.app, ann, 'Behind the door', 'closed')
  const post = (to: string) =>
    ask(instance.app, `/r/${to}/messages`, { by: ann, json: { body: 'hello' } })
  for (const to of ['lobby', room, 'lobby', room]) assert.is((await post(to)).status, 201)
  await remove('members', ann)
  await isRefused('json', await post(room), 404, 'not_found')
  assert.is((await post('lobby')).status, 201)
  await remove('sessions', ann)
  await isRefused('json', await post('lobby'), 401, 'sign_in')
})

test('the cookie is valid at another instance on the same database', async () => {
  const ann = await join(instance.app, 'ann')
  assert.is(await kindOf(ann.cookie, other), 'guest')
  const me = await jsonOf<PersonJson>(ask(other.app, '/me', { by: ann }))
  assert.equal([me.id, me.name], [ann.id, 'ann'])
})

test('a cookie that was forged or cut is a visitor, and no error', async () => {
  const { cookie } = await join(instance.app, 'ann')
  const [token = '', signature = ''] = cookie.replace(/^natter=/, '').split('.')
  const zeros = 'A'.repeat(signature.length)
  const other = token.startsWith('x') ? 'y' : 'x'
  const forged = [
    '',
    'natter=',
    'natter=.',
    `natter=${token}`,
    `natter=${token}.`,
    `natter=.${signature}`,
    `natter=${token}.${signature.slice(0, -1)}`,
    `natter=${token}.${signature}x`,
    `natter=${token}.${zeros}`,
    `natter=${other}${token.slice(1)}.${signature}`,
    `natter=${token}.${signature.toLowerCase()}`,
    `natter=%00.%ff`,
    `natter=${'x'.repeat(8_000)}`,
    `other=${token}.${signature}`,
  ]
  for (const value of forged) assert.is(await kindOf(value), 'visitor', value)
  assert.is(await kindOf(cookie), 'guest')
})

test('a cookie that was signed with another secret is a visitor', async () => {
  const strict = await startInstance({ ...database.env, NATTER_SECRET: 'another secret' })
  const { cookie } = await join(instance.app, 'ann')
  assert.is(await kindOf(cookie, strict), 'visitor')
  const own = await join(strict.app, 'ben')
  assert.is(await kindOf(own.cookie, strict), 'guest')
  assert.is(await kindOf(own.cookie), 'visitor')
  await strict.stop()
})

test('changing my name keeps me who I am, with the cookie that I have', async () => {
  const ann = await join(instance.app, 'ann')
  const response = await ask(instance.app, '/me', {
    by: ann,
    method: 'PATCH',
    json: { name: 'Anna' },
  })
  assert.equal(response.headers.getSetCookie(), [])
  assert.equal(await jsonOf(response), {
    id: ann.id,
    name: 'Anna',
    color: '#336699',
    kind: 'guest',
  })
})

test('looking makes nobody a guest', async () => {
  for (const path of ['/', '/me', '/r/lobby', '/r/lobby/messages?after=0']) {
    assert.equal((await ask(instance.app, path)).headers.getSetCookie(), [])
  }
})

test('a visitor reads an open room, and writes nothing', async () => {
  assert.is((await ask(instance.app, '/r/lobby/messages')).status, 200)
  for (const path of ['/r/lobby/messages', '/rooms']) {
    const response = await ask(instance.app, path, { json: { body: 'x', name: 'x' } })
    await isRefused('json', response, 401, 'sign_in')
  }
})

test.run()

const origins = suite('requests from other sites')

let ann: Someone

origins.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  ann = await join(instance.app, 'ann')
})
origins.after(async () => {
  await instance.stop()
  await database.drop()
})

const host = 'chat.example:8000'
const post = (headers: Record<string, string>) =>
  ask(instance.app, '/r/lobby/messages', {
    by: ann,
    json: { body: 'hello' },
    headers: { host, ...headers },
  })

const foreign: Record<string, string>[] = [
  { origin: 'http://evil.example' },
  { origin: 'http://chat.example' },
  { origin: 'http://chat.example:8001' },
  { origin: 'http://chat.example:8000.evil.example' },
  { origin: 'http://evil.example/chat.example:8000' },
  { origin: 'null' },
  { origin: 'junk' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site', origin: `http://${host}` },
  { 'sec-fetch-site': 'same-origin', origin: 'http://evil.example' },
]

for (const headers of foreign) {
  origins(`are refused with ${JSON.stringify(headers)}`, async () => {
    await isRefused('json', await post(headers), 403, 'not_allowed')
  })
}

const own: Record<string, string>[] = [
  {},
  { origin: `http://${host}` },
  { origin: `https://${host}` },
  { 'sec-fetch-site': 'same-origin', origin: `http://${host}` },
  { 'sec-fetch-site': 'none' },
]

for (const headers of own) {
  origins(`are none with ${JSON.stringify(headers)}`, async () => {
    assert.is((await post(headers)).status, 201)
  })
}

origins('may read what everybody may', async () => {
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example', host }
  assert.is((await ask(instance.app, '/r/lobby', { headers })).status, 200)
})

origins('change nothing, whatever the method', async () => {
  for (const method of ['POST', 'PATCH']) {
    const response = await ask(instance.app, '/me', {
      by: ann,
      method,
      fields: { _method: 'PATCH', name: 'hijacked' },
      headers: { host, origin: 'http://evil.example' },
    })
    await isRefused('json', response, 403, 'not_allowed')
  }
  assert.is((await jsonOf<PersonJson>(ask(instance.app, '/me', { by: ann }))).name, 'ann')
})

origins.run()
