/** From where somebody comes: what is believed of it, and what it is counted and barred by. */
import { type Context, Hono } from 'hono'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { addressOf, neighbourhoodOf, placeOf } from '../../handlers/http/address.ts'
import { createPaces } from '../../handlers/http/paces.ts'
import { readNetworks } from '../../handlers/networks.ts'
import { connection, migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { cookieOf } from './ask.ts'

const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } })

async function addressTold(peer: string, trusted: string, forwarded?: string): Promise<string> {
  const app = new Hono()
  app.get('/', (c: Context) => c.text(addressOf(c, readNetworks(trusted))))
  const headers: Record<string, string> =
    forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return (await app.request('/', { headers }, from(peer))).text()
}

const believed = suite('the address of whoever asks')

believed('is the other end of the connection, whatever a stranger says', async () => {
  assert.is(await addressTold('192.0.2.7', ''), '192.0.2.7')
  assert.is(await addressTold('192.0.2.7', '', '10.0.0.1'), '192.0.2.7')
  assert.is(await addressTold('192.0.2.7', '10.0.0.0/8', '10.0.0.1'), '192.0.2.7')
})

believed('is what a trusted proxy says, the last that is no such proxy', async () => {
  assert.is(await addressTold('10.0.0.1', '10.0.0.0/8', '203.0.113.9'), '203.0.113.9')
  assert.is(
    await addressTold('10.0.0.1', '10.0.0.0/8', '198.51.100.1, 203.0.113.9, 10.2.3.4'),
    '203.0.113.9',
  )
  assert.is(await addressTold('::ffff:10.0.0.1', '10.0.0.0/8', '2001:db8::1'), '2001:db8::1')
})

believed('is the proxy itself where it says nothing that is an address', async () => {
  for (const odd of ['', 'unknown', '203.0.113.9, evil', '1.2.3.4.5', '\u00e4']) {
    assert.is(await addressTold('10.0.0.1', '10.0.0.0/8', odd), '10.0.0.1', odd)
  }
})

believed('counts by its network of 64 bits where it is IPv6', () => {
  assert.is(neighbourhoodOf('192.0.2.7'), '192.0.2.7')
  assert.is(neighbourhoodOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2')
  assert.is(neighbourhoodOf('2001:db8::1'), neighbourhoodOf('2001:0db8:0:0:ffff::2'))
  assert.is.not(neighbourhoodOf('2001:db8:0:1::1'), neighbourhoodOf('2001:db8::1'))
})

believed('is read from lists that are none of addresses with a word for what is wrong', () => {
  for (const odd of ['10.0.0.0/33', '10.0.0', 'proxy', '::1/129', '10.0.0.1/x']) {
    assert.throws(
      () => readNetworks(`192.0.2.1, ${odd}`),
      (error: Error) => error.message === odd,
    )
  }
})

believed.run()

const perHour = { guests: 20, accounts: 20, rooms: 20 }

const paced = suite('what one address may do in an hour')

paced('so many guests come from one place, and as many from another', async () => {
  const { guests } = createPaces(perHour)
  for (let i = 0; i < perHour.guests; i++) assert.is(await guests('192.0.2.7'), null)
  const refusal = await guests('192.0.2.7')
  assert.is(refusal?.code, 'slow_down')
  assert.ok((refusal?.retryAfterSeconds ?? 0) > 0)
  assert.is(await guests('192.0.2.8'), null)
})

paced('where no address is told, all are not counted as one', async () => {
  const { guests } = createPaces(perHour)
  for (let i = 0; i <= perHour.guests; i++) assert.is(await guests(''), null)
})

paced('who is not to be counted is not', async () => {
  const app = new Hono()
  const place = placeOf(readNetworks('10.0.0.0/8'), readNetworks('203.0.113.0/24'))
  app.get('/', (c: Context) => c.text(place(c)))
  const told = async (forwarded: string) =>
    (await app.request('/', { headers: { 'x-forwarded-for': forwarded } }, from('10.0.0.1'))).text()
  assert.is(await told('203.0.113.9'), '')
  assert.is(await told('198.51.100.9'), '198.51.100.9')
})

paced.run()

const barring = suite('barring where a guest came from')
let database: TestDatabase
let instance: Instance

barring.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
})
barring.after(async () => {
  await instance.stop()
  await database.drop()
})

async function run(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection(database.env))
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

const send = (path: string, method: string, body: object, peer: string, cookie = '') =>
  instance.app.request(
    path,
    {
      method,
      headers: { accept: 'application/json', 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    },
    from(peer),
  )

async function owner(): Promise<string> {
  const opened = await send(
    '/accounts',
    'POST',
    { name: 'olga', password: 'a few plain words' },
    '192.0.2.1',
  )
  await run("update people set kind = 'owner' where name = 'olga'")
  return cookieOf(opened)
}

barring(
  'nobody new comes from there until the ban is lifted, and an account may still be made known',
  async () => {
    const olga = await owner()
    const guest = await send('/me', 'PATCH', { name: 'troll' }, '203.0.113.9')
    const { id } = (await guest.json()) as { id: string }
    const member = { name: 'pupil', password: 'a few plain words' }
    assert.is((await send('/accounts', 'POST', member, '203.0.113.9')).status, 201)
    const banned = await send(`/people/${id}/ban`, 'PUT', { bar_address: true }, '192.0.2.1', olga)
    assert.is(banned.status, 200)

    const again = await send('/me', 'PATCH', { name: 'troll again' }, '203.0.113.9')
    assert.is(again.status, 403)
    assert.is((await send('/me', 'PATCH', { name: 'ann' }, '203.0.113.10')).status, 200)
    assert.is((await send('/sessions', 'POST', member, '203.0.113.9')).status, 201)

    assert.is((await send(`/people/${id}/ban`, 'DELETE', {}, '192.0.2.1', olga)).status, 200)
    assert.is((await send('/me', 'PATCH', { name: 'ben' }, '203.0.113.9')).status, 200)
  },
)

barring(
  'no address stands in the database, only what tells none without the server’s own key',
  async () => {
    await send('/me', 'PATCH', { name: 'somebody' }, '198.51.100.77')
    const rows = await run(
      "select encode(address, 'escape') as address from people where address is not null",
    )
    assert.ok(rows.length > 0)
    for (const { address } of rows) assert.not.match(String(address), /198\.51|203\.0/)
  },
)

barring.run()
