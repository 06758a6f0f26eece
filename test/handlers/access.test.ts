/** The access matrix, by `app.request()`. */
import * as assert from 'uvu/assert'
import { makeOwnerLink } from '../../handlers/chat/entry-links.ts'
import { askRow, differences } from '../access/matrix.ts'
import { closedRoom, openRoom } from '../access/table.ts'
import { type Send, World } from '../access/world.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'

const test = suite('the access matrix', 240)

let database: TestDatabase
let instance: Instance
let world: World

test.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance({
    ...database.env,
    POST_BURST: '100000',
    ROOMS_PER_HOUR: '100000',
  })
  const send: Send = async ({ method, path, headers, body }) => {
    const answer = await instance.app.request(path, { method, headers, ...(body ? { body } : {}) })
    const { status } = answer
    return { status, text: await answer.text(), cookies: answer.headers.getSetCookie() }
  }
  world = new World(send, async () => (await makeOwnerLink(instance.sql)).token)
  await world.begin()
})
test.after(async () => {
  await instance.stop()
  await database.drop()
})

/** Every method and path that the application answers. */
const routes = () => [
  ...new Set(
    instance.app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  ),
]

test('has a row for each route of the application, and no other', () => {
  const rows = closedRoom.map(({ name }) => name)
  assert.equal(
    routes().filter((route) => !rows.includes(route)),
    [],
    'routes without a row',
  )
  assert.equal(
    rows.filter((row) => !routes().includes(row)),
    [],
    'rows without a route',
  )
  for (const { name, cells } of [...closedRoom, ...openRoom]) assert.is(cells.length, 13, name)
})

for (const row of closedRoom) {
  test(row.name, async () => {
    assert.equal(differences(await askRow(world, row, 'closed')), [])
  })
}

for (const row of openRoom) {
  test(`${row.name}, open`, async () => {
    assert.equal(differences(await askRow(world, row, 'open')), [])
  })
}

const outside = ['visitor', 'guest', 'outside', 'server owner', 'banned', 'ended'] as const

test('a closed room cannot be told from one that does not exist, in JSON and on the page', async () => {
  const missing = 'no-such-room-at-all'
  for (const { name, isKept } of closedRoom) {
    const [method = '', path = ''] = name.split(' ')
    if (!path.startsWith('/r/')) continue
    const { slug, n, target, kept, report, link } = world.closed
    const id = path.includes('/reports') ? report : link
    const values: Record<string, string> = { n: `${n}`, person: isKept ? kept : target, id }
    const at = (room: string) => path.replace(/:(\w+)/g, (_, part) => values[part] ?? room)
    for (const role of outside) {
      const [there, nowhere] = [
        await world.as(role, method, at(slug), {}),
        await world.as(role, method, at(missing), {}),
      ]
      assert.equal([there.status, there.text], [nowhere.status, nowhere.text], `${name} ${role}`)
      if (method !== 'GET') continue
      const [page, other] = [await world.page(role, at(slug)), await world.page(role, at(missing))]
      assert.not.match(page.text, /secret|Matrix/)
      assert.is(page.text.replaceAll(slug, missing), other.text, `${name} ${role}, the page`)
    }
  }
})

test.run()
