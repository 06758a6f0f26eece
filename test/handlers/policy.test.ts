import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import {
  ask,
  cookieOf,
  join,
  jsonOf,
  type PageJson,
  type PersonJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, member, serverOwner } from './scene.ts'

const test = suite('the server’s policy')

let database: TestDatabase
let instance: Instance
let other: Instance
let olga: Someone
let guest: Someone
let invited: Someone
let account: Someone
let room: string
let closed: string

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  other = await startInstance(database.env)
  olga = await serverOwner(instance.app, database, 'olga')
  guest = await join(instance.app, 'guest')
  invited = await join(instance.app, 'invited')
  account = await member(instance.app, 'account')
  room = await roomOf(instance.app, olga, 'Open')
  closed = await roomOf(instance.app, olga, 'Closed', 'closed')
  await come(instance.app, invited, await linkTo(instance.app, olga, closed))
})
test.after.each(async () => {
  await Promise.all([instance.stop(), other.stop()])
  await database.drop()
})

const set = async (policy: object, by = olga) => {
  const answer = await ask(instance.app, '/policy', { by, method: 'PATCH', json: policy })
  if (by === olga) assert.is(answer.status, 200)
  return answer
}

const sees = async (by: Someone | undefined, slug: string) =>
  (await ask(instance.app, `/r/${slug}`, { by })).status

const everybody = () => [undefined, guest, invited, account, olga]
const statuses = (slug: string) => Promise.all(everybody().map((by) => sees(by, slug)))

test('is open after the start: whoever comes reads open rooms and becomes a guest', async () => {
  assert.equal(await statuses(room), [200, 200, 200, 200, 200])
  assert.equal(await statuses(closed), [404, 404, 200, 404, 200])
})

test('by link alone, guests see the rooms that they were let into, and accounts the open ones', async () => {
  await set({ entry: 'invited' })
  assert.equal(await statuses(room), [401, 404, 404, 200, 200])
  assert.equal(await statuses('lobby'), [401, 404, 404, 200, 200])
  assert.equal(await statuses(closed), [401, 404, 200, 404, 200])
  assert.equal(await statuses('no-such-room'), [401, 404, 404, 404, 404])
  await isRefused(
    'json',
    await ask(instance.app, '/me', { method: 'PATCH', json: { name: 'new' } }),
    401,
    'sign_in',
  )
  const link = await linkTo(instance.app, olga, closed)
  const come = await ask(instance.app, link, { json: { name: 'by link' } })
  assert.is(come.status, 201)
  const known = { id: '', name: '', cookie: cookieOf(come) }
  assert.equal([await sees(known, closed), await sees(known, room)], [200, 404])
  const listed = await jsonOf<{ rooms: { slug: string }[] }>(ask(instance.app, '/', { by: known }))
  assert.equal(
    listed.rooms.map(({ slug }) => slug),
    [closed],
  )
})

test('who wrote in an open room was not let into it by that', async () => {
  await say(instance.app, guest, room, 'here I am')
  await set({ entry: 'invited' })
  assert.is(await sees(guest, room), 404)
  const post = await ask(instance.app, `/r/${room}/messages`, { by: guest, json: { body: 'x' } })
  assert.is(post.status, 404)
})

test('for accounts alone, guests are told to make one, and keep what is theirs', async () => {
  await set({ entry: 'members' })
  assert.equal(await statuses(room), [401, 401, 401, 200, 200])
  assert.equal(await statuses(closed), [401, 401, 401, 404, 200])
  assert.equal(await statuses('no-such-room'), [401, 401, 401, 404, 404])
  await isRefused(
    'json',
    await ask(instance.app, '/rooms', { by: guest, json: { name: 'x' } }),
    401,
    'sign_in',
  )
  const opened = await ask(instance.app, '/accounts', {
    by: invited,
    json: { name: 'invited', password: 'a few plain words' },
  })
  assert.is(opened.status, 201)
  assert.is((await jsonOf<PersonJson>(opened.clone())).id, invited.id)
  assert.is(await sees({ ...invited, cookie: cookieOf(opened) }, closed), 200)
})

test('accounts are made by anyone, by who was invited, or by nobody', async () => {
  const open = (by: Someone | undefined, more: object = {}) =>
    ask(instance.app, '/accounts', {
      by,
      json: { name: `n${Math.random()}`, password: 'a few plain words', ...more },
    })
  await set({ accounts: 'invited' })
  await isRefused('json', await open(undefined), 403, 'not_allowed')
  await isRefused('json', await open(guest), 403, 'not_allowed')
  assert.is((await open(invited)).status, 201)
  const token = (await linkTo(instance.app, olga, closed, { uses: 1 })).replace('/join/', '')
  const made = await open(undefined, { invite: token })
  assert.is(made.status, 201)
  assert.is(
    await sees({ id: '', name: '', cookie: cookieOf(made) }, closed),
    200,
    'it lets in as well',
  )
  await isRefused('json', await open(undefined, { invite: token }), 403, 'not_allowed')
  await set({ accounts: 'nobody' })
  const again = (await linkTo(instance.app, olga, closed)).replace('/join/', '')
  await isRefused('json', await open(guest, { invite: again }), 403, 'not_allowed')
})

test('rooms are made by anyone, by accounts, or by owners of the server', async () => {
  const make = async (by: Someone) =>
    (await ask(instance.app, '/rooms', { by, json: { name: `Room ${Math.random()}` } })).status
  const all = () => Promise.all([guest, account, olga].map(make))
  assert.equal(await all(), [201, 201, 201])
  await set({ rooms: 'members' })
  assert.equal(await all(), [403, 201, 201])
  await set({ rooms: 'owners' })
  assert.equal(await all(), [403, 403, 201])
})

test('closing ends the waits of whoever may not be here any more, on every instance', async () => {
  const { live } = await jsonOf<PageJson>(ask(other.app, `/r/${room}`, { by: guest }))
  const polls = ['json', 'fragment', 'text'].map((form) =>
    ask(other.app, `/r/${room}/messages?after=${live}&wait=20`, {
      by: guest,
      form: form as 'json',
    }),
  )
  const streams = await Promise.all(
    [`/r/${room}/messages`, `/me/events?open=${room}`].map((path) =>
      ask(other.app, path, { by: guest, headers: { accept: 'text/event-stream' } }),
    ),
  )
  await set({ entry: 'members' })
  for (const answer of await Promise.all(polls)) assert.is(answer.status, 200)
  for (const stream of streams) await stream.text()
  await isRefused('json', await ask(other.app, `/r/${room}`, { by: guest }), 401, 'sign_in')
})

test('is the owner’s alone to see and to change, and bad values change nothing', async () => {
  for (const by of [guest, account]) {
    await isRefused('json', await set({ entry: 'members' }, by), 403, 'not_allowed')
    await isRefused('json', await ask(instance.app, '/policy', { by }), 403, 'not_allowed')
  }
  for (const bad of [
    { entry: 'closed' },
    { accounts: '' },
    { rooms: 'x' },
    { retention_days: '-1' },
  ]) {
    const answer = await ask(instance.app, '/policy', { by: olga, method: 'PATCH', json: bad })
    await isRefused('json', answer, 422, 'invalid')
  }
  assert.equal(await statuses(room), [200, 200, 200, 200, 200])
})

test.run()
