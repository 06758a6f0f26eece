import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import {
  type Asked,
  ask,
  forms,
  join,
  jsonOf,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isIn, isRefused } from './expect.ts'
import { member, rowsOf, signIn, whoIs } from './members.ts'
import { startInstances } from './scene.ts'

const test = suite('my devices', 60)
const { database, instance, other } = startInstances(test, ['instance', 'other'])

type DeviceJson = {
  id: string
  name: string
  created_at: string
  used_at: string
  current: boolean
}

const devicesOf = async (by: Someone, at = instance): Promise<DeviceJson[]> =>
  (await jsonOf<{ sessions: DeviceJson[] }>(ask(at.app, '/devices', { by }))).sessions

const end = (by: Someone, id: string, asked: Asked = {}) =>
  ask(instance.app, `/devices/${id}`, { by, method: 'DELETE', ...asked })

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'

async function idOf(by: Someone): Promise<string> {
  const id = (await devicesOf(by)).find(({ current }) => current)?.id
  assert.ok(id)
  return id ?? ''
}

test('are told to me in every form, with the one that I look from', async () => {
  const ann = await member(instance)
  const laptop = await signIn(other, ann.name, firefox)
  const devices = await devicesOf(laptop)
  assert.equal(
    devices.map(({ name, current }) => [name, current]),
    [
      ['Firefox on Linux', true],
      ['A program', false],
    ],
  )
  for (const { id, created_at, used_at } of devices) {
    assert.match(id, /^[0-9a-f]{16}$/)
    assert.ok(new Date(used_at) >= new Date(created_at))
  }
  for (const form of forms) {
    const text = await isIn(form, await ask(instance.app, '/devices', { by: laptop, form }))
    assert.match(text, 'Firefox on Linux')
    await isRefused(form, await ask(instance.app, '/devices', { form }), 401, 'sign_in')
  }
})

test('say nothing of the keys by which they are known', async () => {
  const ann = await member(instance)
  const text = await (await ask(instance.app, '/devices', { by: ann })).text()
  const rows = await rowsOf(
    database.env,
    `select encode(key, 'hex') as key from sessions where person_id = $1`,
    [ann.id],
  )
  const [{ key } = { key: '' }] = rows as { key: string }[]
  assert.match(text, key.slice(0, 16))
  assert.not.match(text, key.slice(0, 17))
})

test('one that I end is a visitor’s on every instance, and what it waits for ends', async () => {
  const ann = await member(instance)
  const phone = await signIn(other, ann.name)
  const room = await roomOf(instance.app, ann, 'Ann’s own', 'closed')
  await say(other.app, phone, room, 'from the phone')
  const { live } = await jsonOf<PageJson>(ask(other.app, `/r/${room}/messages`, { by: phone }))
  const wait = ask(other.app, `/r/${room}/messages?after=${live}&wait=25`, { by: phone })
  await until(() => other.hub.held === 1)
  assert.is((await end(ann, await idOf(phone))).status, 200)
  await until(() => other.hub.held === 0)
  assert.is((await wait).status, 200)
  for (const at of [instance, other]) {
    await until(async () => (await ask(at.app, `/r/${room}`, { by: phone })).status === 404)
    const post = await ask(at.app, '/r/lobby/messages', { by: phone, json: { body: 'gone' } })
    await isRefused('json', post, 401, 'sign_in')
    assert.is((await whoIs(at, ann)).kind, 'member')
  }
  assert.is((await devicesOf(ann)).length, 1)
})

test('nobody ends another’s, or finds out that there is one', async () => {
  const [ann, ben] = [await member(instance), await member(instance)]
  const theirs = await end(ben, await idOf(ann))
  const nobodys = await end(ben, '0123456789abcdef')
  assert.equal(await jsonOf(theirs.clone()), await jsonOf(nobodys))
  await isRefused('json', theirs, 404, 'not_found')
  for (const id of ['x', "' or true --", '%', '%25', '', (await idOf(ann)).toUpperCase()]) {
    assert.is((await end(ben, encodeURIComponent(id) || '%20')).status, 404, id)
  }
  await isRefused('json', await ask(instance.app, '/devices', { method: 'DELETE' }), 401, 'sign_in')
  assert.is((await whoIs(instance, ann)).kind, 'member')
})

test('all but this one end at once', async () => {
  const ann = await member(instance)
  const others = [await signIn(instance, ann.name), await signIn(other, ann.name)]
  const answer = await ask(instance.app, '/devices', { by: ann, method: 'DELETE' })
  assert.is((await jsonOf<{ sessions: DeviceJson[] }>(answer)).sessions.length, 1)
  for (const one of others) {
    for (const at of [instance, other]) {
      await until(async () => (await whoIs(at, one)).kind === 'visitor')
    }
  }
  assert.is((await whoIs(other, ann)).kind, 'member')
  assert.is((await ask(instance.app, '/devices', { by: ann, method: 'DELETE' })).status, 200)
})

test('the one that I look from ends as if I signed out', async () => {
  const ann = await member(instance)
  const answer = await end(ann, await idOf(ann))
  assert.match(answer.headers.getSetCookie().join(), /natter=; .*Max-Age=0/)
  assert.is((await whoIs(other, ann)).kind, 'visitor')
})

test('a guest sees theirs, and forms work without JavaScript', async () => {
  const guest = await join(instance.app, 'guest')
  assert.is((await devicesOf(guest)).length, 1)
  const ann = await member(instance)
  const [phone, tablet] = [await signIn(instance, ann.name), await signIn(instance, ann.name)]
  const send = (path: string) =>
    ask(instance.app, path, { by: ann, form: 'page', fields: { _method: 'DELETE' } })
  for (const [path, who] of [
    [`/devices/${await idOf(phone)}`, phone],
    ['/devices', tablet],
  ] as const) {
    const answer = await send(path)
    assert.equal([answer.status, answer.headers.get('location')], [303, '/devices'])
    assert.is((await whoIs(instance, who)).kind, 'visitor')
  }
})

test('another site’s page ends none', async () => {
  const ann = await member(instance)
  const headers = { origin: 'https://elsewhere.example' }
  await isRefused('json', await end(ann, await idOf(ann), { headers }), 403, 'not_allowed')
})

const usedAgo = async ({ id }: Someone) => {
  const text =
    'select extract(epoch from now() - used_at)::int as s from sessions where person_id = $1'
  return ((await rowsOf(database.env, text, [id])) as { s: number }[])[0]?.s ?? -1
}

const used = ({ id }: Someone, ago: string) =>
  rowsOf(database.env, 'update sessions set used_at = now() - $2::interval where person_id = $1', [
    id,
    ago,
  ])

test('a use is kept when the last one is long ago, whatever it was, and not with each request', async () => {
  const ann = await member(instance)
  const ways = [
    () => ask(instance.app, '/me', { by: ann }),
    () => ask(instance.app, '/r/lobby', { by: ann }),
    () => say(instance.app, ann, 'lobby', 'looked up'),
    () => say(instance.app, ann, 'lobby', 'by memory'),
    () => ask(instance.app, '/devices', { by: ann }),
  ]
  for (const way of ways) {
    await used(ann, '1 day')
    await way()
    assert.ok((await usedAgo(ann)) > 80_000, 'a request writes nothing')
    await instance.uses.write()
    assert.ok((await usedAgo(ann)) < 60, String(way))
  }
  await used(ann, '5 minutes')
  await ask(instance.app, '/me', { by: ann })
  await instance.uses.write()
  assert.ok((await usedAgo(ann)) >= 300, 'a short while is not worth a write')
})

test('instances that write the same uses at once do not stand in each other’s way', async () => {
  const people = await Promise.all(
    Array.from({ length: 20 }, (_, n) => join(instance.app, `g${n}`)),
  )
  for (let round = 0; round < 5; round++) {
    await Promise.all(people.map((one) => used(one, '1 day')))
    for (const [n, one] of people.entries()) {
      await ask(instance.app, '/me', { by: one })
      await ask(other.app, '/me', { by: people[people.length - 1 - n] })
    }
    await Promise.all([instance.uses.write(), other.uses.write()])
    for (const one of people) assert.ok((await usedAgo(one)) < 60)
  }
  for (const { lines } of [instance, other]) assert.not.match(lines.join('\n'), 'uses:')
})

test('a cookie that nobody is known by is not noted', async () => {
  const ann = await member(instance)
  await ask(instance.app, '/sessions/current', { by: ann, method: 'DELETE' })
  await instance.uses.write()
  let asked = 0
  const { sql } = instance
  const query = sql.query.bind(sql)
  sql.query = ((text: string, values?: unknown[]) => {
    if (text.includes('set used_at')) asked++
    return query(text, values)
  }) as typeof sql.query
  await ask(instance.app, '/r/lobby', { by: ann })
  await ask(instance.app, '/me', { headers: { authorization: `Bearer ntr_${'A'.repeat(43)}` } })
  await instance.uses.write()
  assert.is(asked, 0)
  sql.query = query as typeof sql.query
})

test.run()
