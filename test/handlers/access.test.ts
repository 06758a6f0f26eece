/** The access matrix, by `app.request()`. */
import * as assert from 'uvu/assert'
import { startWorld } from '../access/instance.ts'
import { askRow, differences } from '../access/matrix.ts'
import { roles } from '../access/roles.ts'
import {
  isToldInside,
  pagesToldApart,
  secretsTold,
  toldApart,
  toldToKept,
} from '../access/secrecy.ts'
import { closedRoom, openRoom } from '../access/table.ts'
import type { World } from '../access/world.ts'
import { suite } from '../suite.ts'

const test = suite('the access matrix')

let started: Awaited<ReturnType<typeof startWorld>>
let world: World

test.before(async () => {
  started = await startWorld()
  world = started.world
})
test.after(() => started.stop())

/** Every method and path that the application answers. */
const routes = () => [
  ...new Set(
    started.app.routes
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
  for (const { name, cells } of [...closedRoom, ...openRoom])
    assert.is(cells.length, roles.length, name)
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

test('what is somebody else’s still stands', async () => {
  assert.equal(await world.foreignLeft(), { tokens: 1, devices: 1 })
})

test('a closed room cannot be told from one that does not exist', async () => {
  assert.equal(await toldApart(world, closedRoom), [])
})

test('nor can their pages', async () => {
  assert.equal(await pagesToldApart(world, closedRoom), [])
})

test('whom a room keeps out finds none there, open or closed, and no invitation', async () => {
  assert.equal(await toldToKept(world, closedRoom), [])
})

test('no page and no answer tells those outside a closed room’s name, topic or text', async () => {
  assert.ok(await isToldInside(world))
  assert.equal(await secretsTold(world, closedRoom), [])
})

test.run()
