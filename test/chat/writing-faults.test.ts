import * as assert from 'uvu/assert'
import type { Person } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import { databaseIsAway, reportedCode } from '../../handlers/chat/sql.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { latch } from '../until.ts'
import { currently, drivers, openStorage, post, type Storage, say, succeeded } from './storage.ts'
import { draft, lock, lockedOut, neighbours, type Queue, queueOn } from './writing.ts'

/** What became of a post, in a word: its number, the code of its refusal, or of its error. */
async function told(posting: ReturnType<typeof post>): Promise<number | string> {
  try {
    const posted = await posting
    return 'message' in posted ? posted.message.n : posted.code
  } catch (error) {
    return databaseIsAway(error) ? 'away' : (reportedCode(error) ?? String(error))
  }
}

for (const driver of drivers) {
  const test = suite(`writing in bad times, on ${driver}`)
  let storage: Storage
  let queue: Queue

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.before.each(() => {
    queue = queueOn(storage.database.transact)
  })
  test.after.each(() => queue.writing.stop())
  test.after(() => storage.close())

  /** Posts that go together, behind one that is under way. */
  async function together(author: Person, posts: [Room, string][]): Promise<(number | string)[]> {
    const held = latch()
    queue.before = async (transaction) => {
      if (transaction === first) await held.opened
    }
    const first = queue.transactions + 1
    const [room] = posts[0] ?? []
    if (!room) throw new Error('There is nothing to post.')
    const ahead = say(queue, author, room, 'ahead')
    const all = posts.map(([where, body]) => told(post(queue, author, where, draft(body))))
    held.open()
    await ahead
    return Promise.all(all)
  }

  test('a room that somebody holds locked holds up no other', async () => {
    const { author, rooms } = await neighbours(storage, 3)
    const [held, ...free] = rooms as [Room, Room, Room]
    const release = await lock(storage, [held])
    const order: string[] = []
    const write = async (room: Room, name: string) => {
      const outcome = await told(post(queue, author, room, draft('hello')))
      order.push(name)
      return outcome
    }
    const all = [write(held, 'held'), ...free.map((room) => write(room, 'free'))]
    const more = [write(held, 'held'), ...free.map((room) => write(room, 'free'))]
    assert.equal(await Promise.all(all), ['unavailable', 1, 1])
    assert.equal(await Promise.all(more), ['unavailable', 2, 2])
    assert.equal(order, ['free', 'free', 'free', 'free', 'held', 'held'])
    const again = [write(held, 'held'), ...free.map((room) => write(room, 'free'))]
    assert.equal(await Promise.all(again), ['unavailable', 3, 3])
    assert.equal(order.slice(6), ['free', 'free', 'held'])
    await release()
    assert.is(await told(post(queue, author, held, draft('hello'))), 1)
    assert.is(await told(post(queue, author, held, draft('and on'))), 2)
  })

  test('more such rooms than may have a lane of their own hold up no other either', async () => {
    const { author, rooms } = await neighbours(storage, limits.stuckRooms + 2)
    const [free, ...held] = rooms as [Room, ...Room[]]
    const release = await lock(storage, held)
    for (const n of [1, 2]) {
      const all = [...held, free].map((room) => told(post(queue, author, room, draft('hello'))))
      assert.equal(await Promise.all(all), [...held.map(() => 'unavailable'), n])
    }
    await release()
    for (const room of held) {
      assert.is(await told(post(queue, author, room, draft('hello'))), 1)
    }
  })

  test('a lock that comes in time is waited for, and the order stays', async () => {
    const { author, rooms } = await neighbours(storage, 1)
    const [room] = rooms as [Room]
    const release = await lock(storage, [room])
    const first = told(post(queue, author, room, draft('1')))
    await lockedOut(storage)
    const others = [2, 3].map((n) => told(post(queue, author, room, draft(`${n}`))))
    await release()
    assert.equal(await Promise.all([first, ...others]), [1, 2, 3])
  })

  test('a message that the database refuses fails alone', async () => {
    const { author, rooms } = await neighbours(storage, 2)
    const [one, other] = rooms as [Room, Room]
    await storage.sql.query(
      `alter table messages add constraint no_bad check (body <> 'bad') not valid`,
    )
    const outcomes = await together(author, [
      [one, 'good'],
      [one, 'bad'],
      [other, 'good'],
      [one, 'good'],
      [other, 'bad'],
    ])
    await storage.sql.query('alter table messages drop constraint no_bad')
    assert.equal(outcomes, [2, '23514', 1, 3, '23514'])
    assert.is((await currently(storage.sql, one)).lastSeq, 3)
    assert.is((await currently(storage.sql, other)).lastSeq, 1)
  })

  test('a commit that fails fails the message that it is for, and no other', async () => {
    const { author, rooms } = await neighbours(storage, 2)
    const [one, other] = rooms as [Room, Room]
    await storage.sql.query(`
      create function refuse_bad() returns trigger language plpgsql as
        $$ begin raise exception 'no' using errcode = '23514'; end $$;
      create constraint trigger refuse_bad after insert on messages initially deferred
        for each row when (new.body = 'bad') execute function refuse_bad()`)
    const outcomes = await together(author, [
      [one, 'good'],
      [other, 'bad'],
      [one, 'good'],
    ])
    await storage.sql.query('drop function refuse_bad cascade')
    assert.equal(outcomes, [2, '23514', 3])
    assert.is(await told(post(queue, author, other, draft('hello'))), 1)
  })

  test('a connection that breaks amid a batch leaves it to its senders, who find out by their nonce', async () => {
    const { author, rooms } = await neighbours(storage, 2)
    const [one, other] = rooms as [Room, Room]
    const release = await lock(storage, [one])
    const drafts = [1, 2, 3].map((n) => draft(`${n}`, { nonce: `n${n}` }))
    const all = drafts.map((each) => told(post(queue, author, one, each)))
    await storage.sql.query('select pg_terminate_backend($1)', [await lockedOut(storage)])
    assert.is(await all[0], 'away')
    await release()
    assert.equal(await Promise.all(all.slice(1)), [1, 2])
    assert.is(await told(post(queue, author, other, draft('hello'))), 1)
    const retries = drafts.map((each) => told(post(queue, author, one, each)))
    assert.equal(await Promise.all(retries), [3, 1, 2])
  })

  test('an answer that is lost after the commit fails the batch once, and its retry is the first message', async () => {
    const { author, rooms } = await neighbours(storage, 1)
    const [room] = rooms as [Room]
    queue.after = async () => {
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    }
    const sent = draft('hello', { nonce: 'n' })
    assert.is(await told(post(queue, author, room, sent)), 'away')
    assert.is(queue.transactions, 1, 'nothing is sent again that may be stored')
    queue.after = async () => {}
    const retry = succeeded(await post(queue, author, room, sent))
    assert.equal([retry.created, retry.message.n], [false, 1])
  })

  test('a statement that fails takes its transaction with it, and is what is told', async () => {
    const { transact } = storage.database
    await storage.sql.query('create table marks (mark int)')
    const failed = await transact([
      { text: 'insert into marks values ($1)', values: [1] },
      { text: 'select 1 / $1::int', values: [0] },
      { text: 'insert into marks values ($1)', values: [2] },
    ]).catch((error: unknown) => error)
    assert.is(reportedCode(failed), '22012')
    const rows = await transact([
      { text: 'insert into marks values ($1) returning mark', values: [3] },
      { text: 'select count(*)::int as count from marks', values: [] },
    ])
    assert.equal(rows, [[{ mark: 3 }], [{ count: 1 }]])
  })

  test.run()
}

const test = suite('the lock of a room')

test('holds up nobody who merely refers to the room', async () => {
  const storage = await openStorage('pg')
  const { author, rooms } = await neighbours(storage, 1)
  const [room] = rooms as [Room]
  const client = storage.database.client()
  await client.connect()
  const queue = queueOn(async (statements) => {
    await client.query('begin')
    const rows: object[][] = []
    for (const { text, values } of statements) rows.push((await client.query(text, values)).rows)
    await storage.sql.query(
      `insert into members (room_id, person_id, role) values ($1, $2, 'member')
       on conflict (room_id, person_id) do nothing`,
      [room.id, author.id],
    )
    await storage.sql.query(`delete from members where room_id = $1`, [room.id])
    await client.query('commit')
    return rows
  })
  assert.is((await say(queue, author, room, 'hello')).message.n, 1)
  await client.end()
  await storage.close()
})

test.run()
