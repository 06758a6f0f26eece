import * as assert from 'uvu/assert'
import type { Room } from '../../handlers/chat/rooms.ts'
import { Hub } from '../../handlers/live/hub.ts'
import { Wait } from '../../handlers/live/wait.ts'
import { guest, newRoom, openStorage, type Storage, say } from '../chat/storage.ts'
import { type History, openHistory } from '../handlers/history.ts'
import { suite } from '../suite.ts'
import { latch, until } from '../until.ts'
import { changes, seqs, upTo, waitIn } from './waits.ts'
import { type Watched, watched } from './watched.ts'

const test = suite("what a hub remembers of a room's end")

let storage: Storage
let history: History
let author: Awaited<ReturnType<typeof guest>>['person']
let room: Room
let sql: Watched
let hub: Hub

test.before(async () => {
  storage = await openStorage('pg')
  history = await openHistory(storage.env)
  author = (await guest(storage.sql)).person
})
test.after(async () => {
  await history.end()
  await storage.close()
})
test.before.each(async () => {
  room = await newRoom(storage.sql, author)
  sql = watched(storage.sql)
  hub = new Hub(sql, (error) => assert.unreachable(String(error)))
})
test.after.each(() => hub.stop())

const commit = async (body: string) => (await say(storage, author, room, body)).message.n

/** Waits past a number until all up to another is told. */
async function readUpTo(head: number, after = 0) {
  const waiting = changes(hub, waitIn(room, { after }))
  await until(() => hub.held === 1)
  hub.advance(room.id, head)
  assert.is((await waiting).next, head)
}

/** The bodies past a number, as a request is told them. */
async function bodiesPast(after: number, head: number) {
  const ask = { roomId: room.id, head, after, limit: 50, floor: 0 }
  const batch = hub.known(ask) ?? (await hub.changes(ask))
  return batch.events.map(({ message }) => message?.body)
}

test('is told to those who come a little later while others wait', async () => {
  for (const body of ['one', 'two', 'three']) await commit(body)
  await readUpTo(3)
  const waiting = changes(hub, waitIn(room, { after: 3, head: 3 }))
  sql.count = 0
  assert.equal(await bodiesPast(1, 3), ['two', 'three'])
  assert.is(sql.count, 0)
  await hub.stop()
  await waiting
})

for (const how of ['belled', 'not belled'] as const) {
  test(`is not told when a message was deleted while nobody waited, ${how}`, async () => {
    await commit('before')
    const n = await commit('a secret')
    await readUpTo(n)
    const { seq } = await history.remove(room.slug, n)
    if (how === 'belled') hub.advance(room.id, seq)
    assert.equal((await bodiesPast(1, n))[0], '')
  })
}

test('is told as it is now when a message is deleted while others wait', async () => {
  const n = await commit('a secret')
  await readUpTo(n)
  const waiting = changes(hub, waitIn(room, { after: n, head: n }))
  await until(() => hub.held === 1)
  hub.advance(room.id, (await history.remove(room.slug, n)).seq)
  assert.equal((await waiting).events[0]?.message?.body, '')
  const next = changes(hub, waitIn(room, { after: 2, head: 2 }))
  assert.equal(await bodiesPast(0, 2), ['', ''])
  await hub.stop()
  await next
})

test('begins further back for whoever waits there, whatever is being read just then', async () => {
  for (const turn of upTo(6)) await commit(`said ${turn}`)
  const ahead = changes(hub, waitIn(room, { after: 4, head: 4 }))
  await until(() => hub.held === 1)
  const [reading, goOn] = [latch(), latch()]
  sql.before = async (statement) => {
    if (statement !== 1) return
    reading.open()
    await goOn.opened
  }
  hub.advance(room.id, 6)
  await reading.opened
  const behind = new Promise<number[]>((resolve) => {
    const wait = new (class extends Wait {
      tell(batch: Parameters<typeof seqs>[0]) {
        resolve(seqs(batch))
      }
    })(60_000)
    hub.hold({ roomId: room.id, head: 4, after: 2, limit: 50, floor: 0 }, wait)
  })
  goOn.open()
  assert.equal(await behind, [3, 4, 5, 6])
  assert.equal(seqs(await ahead), [5, 6])
})

test.run()
