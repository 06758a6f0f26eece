/** Who is told that a room has come further, at a feed of its own. */
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { HeadsFeed } from '../../handlers/live/heads.ts'
import { nobody, readMoved, readPeople } from '../../handlers/live/moved.ts'
import { readSnapshot } from '../../handlers/live/snapshot.ts'
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

test('of a closed room it is asked who of the readers is in it, and whose markers moved of nobody else', async () => {
  const [{ person: ann }, { person: ben }] = [await guest(storage.sql), await guest(storage.sql)]
  const room = await newRoom(storage.sql, ann)
  await storage.sql.query("update rooms set visibility = 'closed' where id = $1", [room.id])
  for (const { id } of [ann, ben]) {
    await storage.sql.query(
      "insert into members (room_id, person_id, role) values ($1, $2, 'member') on conflict do nothing",
      [room.id, id],
    )
    await storage.sql.query(
      'insert into read_markers (person_id, room_id, n, moved) values ($1, $2, 0, pg_current_xact_id())',
      [id, room.id],
    )
  }
  await say(storage, ann, room, 'hello')
  const since = readSnapshot('3:3:')
  const moved = (who: number) => readMoved(storage.sql, since, who)
  assert.equal((await moved(nobody)).markers, [])
  const { heads, markers } = await moved(ben.id)
  assert.equal(
    markers.map(({ personId }) => personId),
    [ben.id],
  )
  const { members } = await readPeople(storage.sql, heads, [ben.id], [])
  assert.equal([...(members.get(room.id) ?? [])], [ben.id])
})

test.run()
