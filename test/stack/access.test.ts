/** The access matrix, over HTTP: what a proxy in front lets through, and what it adds. */
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { askRow, differences } from '../access/matrix.ts'
import { ownerLinkCommand, ownerToken } from '../access/owner-link.ts'
import { ofOwner, type Role, roles } from '../access/roles.ts'
import { isToldInside, secretsTold, toldApart, toldToKept } from '../access/secrecy.ts'
import { closedRoom, openRoom } from '../access/table.ts'
import { type Send, World } from '../access/world.ts'
import { suite } from '../suite.ts'
import { ask } from './client.ts'

const test = suite('the access matrix over HTTP')

/** Asks again where it was too much at once: nothing in the table is refused for that. */
const send: Send = async (request) => {
  const { path, ...asked } = request
  const answer = await ask(path, asked)
  if (answer.status !== 429) {
    const { status, text, headers } = answer
    return { status, text, headers, cookies: headers['set-cookie'] ?? [] }
  }
  await sleep(1000 * Number(answer.headers['retry-after'] ?? 1))
  return send(request)
}

const world = new World(send, ownerLinkCommand ? ownerToken : null)

/**
 * All rows are asked as all roles by `app.request()`: handlers/access.test.ts. Whether a proxy lets a
 * route through does not depend on who asks, so each row is asked here as two roles, and the next row
 * as the two that follow: each role has its turn with a sixth of the rows. The second is half the
 * roles further on, since those who may and those who may not stand beside each other.
 */
const rolesFor = (row: number): Role[] => {
  const at = (i: number) => roles[i % roles.length] as Role
  return [at(row), at(row + Math.ceil(roles.length / 2))]
}

const tables = [
  ['closed', closedRoom],
  ['open', openRoom],
] as const

/** Every fifth: reading and writing, of each part of a room. */
const some = closedRoom.filter((_, row) => row % 5 === 0)

test.before(() => world.begin())

if (!ownerLinkCommand) {
  const left = `no OWNER_LINK_COMMAND, which prints the link of an owner: without ${ofOwner.join(' and ')}`
  test(left, () => {
    console.log(`  the access matrix: ${left}`)
    assert.not.ok(process.env.CI, 'where all is to be tested, it must be there')
  })
}

for (const [room, rows] of tables) {
  for (const [i, row] of rows.entries()) {
    test(`${row.name}, ${room}`, async () => {
      assert.equal(differences(await askRow(world, row, room, { as: rolesFor(i) })), [])
    })
  }
}

test('a closed room cannot be told from one that does not exist', async () => {
  assert.equal(await toldApart(world, some), [])
})

test('whom a room keeps out finds none there, open or closed, and no invitation', async () => {
  assert.equal(await toldToKept(world, some), [])
})

test('no page and no answer tells those outside a closed room’s name, topic or text', async () => {
  assert.ok(await isToldInside(world))
  assert.equal(await secretsTold(world, some), [])
})

test.run()
