/** Who is told that a room has come further, at a feed of its own. */
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { HeadsFeed } from '../../handlers/live/heads.ts'
import { Wait } from '../../handlers/live/wait.ts'
import { guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { watched } from './watched.ts'

const test = suite('the feed of heads')

let storage: Storage

test.before(async () => {
  storage = await openStorage('pg')
})
test.after(() => storage.close())

class Silent extends Wait {
  tell() {}
}

test('nobody misses a head who begins to watch while others are told', async () => {
  const sql = watched(storage.sql)
  const { person } = await guest(storage.sql)
  const room = await newRoom(storage.sql, person)
  const feed = new HeadsFeed(sql, (error) => assert.unreachable(String(error)))
  const { snapshot } = await feed.now()
  const told: string[] = []
  const watch = (personId: number | null, name: string) =>
    feed.watch({
      wait: new Silent(limits.waitSeconds * 1000, { personId, seen: 0 }),
      // As a guest is where one comes by a link alone.
      reader: { personId, seesOpen: personId === null },
      openId: null,
      since: snapshot,
      tellNews: ({ heads }) => told.push(...heads.map(({ slug }) => `${name} ${slug}`)),
    })
  watch(null, 'first')
  await say(storage, person, room, 'hello')
  sql.count = 0
  // The heads are read; whom the rooms are for is read next.
  sql.before = async (statement) => {
    if (statement === 2) watch(person.id, 'late')
  }
  await feed.sweep()
  await feed.sweep()
  feed.stop()
  assert.equal(told.sort(), [`first ${room.slug}`, `late ${room.slug}`])
})

test.run()
