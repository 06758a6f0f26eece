/** The access matrix where the server's owner lets in guests by link, or accounts alone. */
import * as assert from 'uvu/assert'
import { startWorld } from '../access/instance.ts'
import { askRow, differences } from '../access/matrix.ts'
import { invited, members } from '../access/policies.ts'
import { roles } from '../access/roles.ts'
import { toldApart } from '../access/secrecy.ts'
import { closedRoom } from '../access/table.ts'
import { suite } from '../suite.ts'

const test = suite('the access matrix under other policies')

let started: Awaited<ReturnType<typeof startWorld>>

test.before(async () => {
  started = await startWorld()
})
test.after(() => started.stop())

const tables = [
  ['invited', invited, []],
  ['members', members, ['by link', 'reader']],
] as const

test('has the rows of the table, and a cell for each role', () => {
  const names = closedRoom.map(({ name }) => name)
  for (const { name, cells } of tables.flatMap(([, { closed, open }]) => [...closed, ...open])) {
    assert.ok(names.includes(name), name)
    assert.is(cells.length, roles.length, name)
  }
})

for (const [entry, table, shutOut] of tables) {
  for (const room of ['closed', 'open'] as const) {
    for (const row of table[room]) {
      test(`${row.name}, ${room}, where the policy is ${entry}`, async () => {
        assert.equal(differences(await askRow(started.world, row, room, { entry })), [])
      })
    }
  }

  test(`a closed room cannot be told from none where the policy is ${entry}`, async () => {
    const { world } = started
    assert.equal(await world.under(entry, () => toldApart(world, closedRoom, shutOut)), [])
  })
}

test.run()
