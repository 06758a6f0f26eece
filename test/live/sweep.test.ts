import * as assert from 'uvu/assert'
import type { Person } from '../../handlers/chat/people.ts'
import { SERVER_LOG } from '../../handlers/live/log.ts'
import { type Heads, Sweep } from '../../handlers/live/sweep.ts'
import { guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { latch } from '../until.ts'
import { watched } from './watched.ts'

const test = suite('the sweep')

let storage: Storage
let ann: Person

test.before(async () => {
  storage = await openStorage('pg')
  ann = (await guest(storage.sql)).person
})
test.after(() => storage.close())

/** One who believes something of some logs, and what the sweep told them. */
function follower(believed: Heads) {
  const told: { heads: Heads; believed: Heads }[] = []
  const swept = (heads: Heads, then: Heads) => {
    told.push({ heads, believed: then })
  }
  return { believed: () => believed, swept, told }
}

test('all who follow anything are told by one query', async () => {
  const room = await newRoom(storage.sql, ann)
  await say(storage, ann, room, 'hello')
  const sql = watched(storage.sql)
  const rooms = follower(
    new Map([
      [room.id, 0],
      [room.id + 1_000, 0],
    ]),
  )
  const server = follower(new Map([[SERVER_LOG, 0]]))
  const nobody = follower(new Map())
  await new Sweep(sql, [rooms, server, nobody]).now()
  assert.is(sql.count, 1)
  const heads = new Map([
    [SERVER_LOG, 0],
    [room.id, 1],
  ])
  const sorted = [...(rooms.told[0]?.heads ?? [])].sort(([a], [b]) => a - b)
  assert.equal(sorted, [...heads])
  assert.is(server.told.length, 1)
  assert.equal(nobody.told, [])
})

test('it asks nothing while nothing is followed', async () => {
  const sql = watched(storage.sql)
  await new Sweep(sql, [follower(new Map())]).now()
  assert.is(sql.count, 0)
})

test('those who ask while a look is under way share the next', async () => {
  const sql = watched(storage.sql)
  const one = follower(new Map([[SERVER_LOG, 0]]))
  const sweep = new Sweep(sql, [one])
  const [looking, goOn] = [latch(), latch()]
  sql.before = async (statement) => {
    if (statement !== 1) return
    looking.open()
    await goOn.opened
  }
  const first = sweep.now()
  await looking.opened
  const later = [sweep.now(), sweep.now(), sweep.now()]
  assert.is(sql.count, 1)
  goOn.open()
  await Promise.all([first, ...later])
  assert.equal([sql.count, one.told.length], [2, 2])
})

test('a look that failed is told, and the next one is made', async () => {
  const sql = watched(storage.sql)
  sql.before = async (statement) => {
    if (statement === 1) throw new Error('away')
  }
  const one = follower(new Map([[SERVER_LOG, 0]]))
  const sweep = new Sweep(sql, [one])
  const failed = await sweep.now().catch((error: unknown) => error)
  assert.instance(failed, Error)
  await sweep.now()
  assert.is(one.told.length, 1)
})

test.run()
