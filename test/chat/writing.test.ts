import * as assert from 'uvu/assert'
import { rename } from '../../handlers/chat/people.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { latch } from '../until.ts'
import {
  currently,
  drivers,
  guest,
  newRoom,
  openStorage,
  post,
  refusedAs,
  type Storage,
  say,
  succeeded,
} from './storage.ts'
import { draft, lock, lockedOut, neighbours, type Queue, queueOn } from './writing.ts'

const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1)

for (const driver of drivers) {
  const test = suite(`writing on ${driver}`)
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

  async function roomWithAuthor() {
    const { person } = await guest(storage.sql)
    return { person, room: await newRoom(storage.sql, person) }
  }

  test('what comes while a transaction is under way goes into the next, in its order', async () => {
    const { person, room } = await roomWithAuthor()
    const posted = await Promise.all(upTo(100).map((n) => say(queue, person, room, `${n}`)))
    assert.is(queue.transactions, 2, 'the first alone and at once, the others together')
    for (const [i, { message, created }] of posted.entries()) {
      assert.equal([message.n, message.body, created], [i + 1, `${i + 1}`, true])
    }
    assert.equal(queue.moved, [
      [room.id, 1],
      [room.id, 100],
    ])
  })

  test('a transaction holds so many changes, and so much text', async () => {
    const { person, room } = await roomWithAuthor()
    const many = upTo(limits.batchChanges + 2).map((n) => say(queue, person, room, `${n}`))
    await Promise.all(many)
    assert.is(queue.transactions, 3)
    const long = 'x'.repeat(limits.messageChars)
    const fitting = Math.floor(limits.batchChars / long.length)
    const posted = await Promise.all(upTo(fitting + 2).map(() => say(queue, person, room, long)))
    assert.is(queue.transactions, 6)
    assert.equal(
      posted.map(({ message }) => message.n),
      upTo(fitting + 2).map((n) => n + many.length),
    )
  })

  test('a batch over many rooms tells of each once', async () => {
    const { author, rooms } = await neighbours(storage, 5)
    await Promise.all(
      upTo(20).flatMap((n) => rooms.map((room) => say(queue, author, room, `${n}`))),
    )
    assert.is(queue.transactions, 2)
    const [first, ...others] = rooms.map(({ id }) => id)
    assert.equal(queue.moved, [[first, 1], ...[...others, first].map((id) => [id, 20])])
  })

  test('what was refused takes no number from what goes with it', async () => {
    const { person, room } = await roomWithAuthor()
    const drafts = [
      draft('first'),
      draft('a', { nonce: 'a' }),
      draft('answers nothing', { replyTo: 77 }),
      draft('answers the first', { replyTo: 1 }),
      draft('a', { nonce: 'a' }),
      draft('other', { nonce: 'a' }),
      draft('last'),
    ]
    const done = await Promise.all(drafts.map((one) => post(queue, person, room, one)))
    const told = done.map((one) => ('message' in one ? one.message.n : refusedAs(one)))
    assert.equal(told, [1, 2, 'invalid', 3, 2, 'conflict', 4])
    assert.is((await currently(storage.sql, room)).lastSeq, 4)
    assert.is(queue.transactions, 4, 'a nonce’s next copy waits until the one before is settled')
  })

  test('a session that ended meanwhile writes nothing more', async () => {
    const { sql } = storage
    const { person, room } = await roomWithAuthor()
    const other = await guest(sql, 'ben')
    await sql.query('delete from sessions where person_id = $1', [person.id])
    assert.is(refusedAs(await post(queue, person, room, draft('hello'))), 'sign_in')
    await sql.query('delete from people where id = $1', [other.person.id])
    assert.is(refusedAs(await post(queue, other.person, room, draft('hello'))), 'sign_in')
    assert.is((await currently(sql, room)).lastSeq, 0)
  })

  test('who is no longer a member of a closed room is told what a stranger is told', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person, 'closed')
    const first = draft('hello', { nonce: 'n' })
    succeeded(await post(queue, person, room, first))
    await sql.query('delete from members where room_id = $1', [room.id])
    for (const one of [first, draft('other', { nonce: 'n' }), draft('more', { replyTo: 9 })]) {
      assert.is(refusedAs(await post(queue, person, room, one)), 'not_found')
    }
    await sql.query('delete from rooms where id = $1', [room.id])
    assert.is(refusedAs(await post(queue, person, room, draft('hello'))), 'not_found')
  })

  test('a message has the name that its author has when it is stored, and that moment', async () => {
    const { person, room } = await roomWithAuthor()
    const release = await lock(storage, [room])
    const saying = say(queue, person, room, 'hello')
    await lockedOut(storage)
    await rename(storage.sql, person, { name: 'later', color: '#000000' })
    const { rows } = await storage.sql.query<{ now: Date }>('select clock_timestamp() as now')
    await release()
    const { message } = await saying
    assert.is(message.author.name, 'later')
    assert.ok(message.at >= (rows[0]?.now ?? new Date(Number.NaN)))
  })

  test('what waited until its time was over is not stored', async () => {
    const { person, room } = await roomWithAuthor()
    const held = latch()
    queue.before = () => held.opened
    const first = say(queue, person, room, 'under way')
    const late = post(queue, person, room, draft('late'), performance.now())
    held.open()
    await first
    assert.is(refusedAs(await late), 'unavailable')
    assert.is((await currently(storage.sql, room)).lastSeq, 1)
    assert.is(queue.transactions, 1)
  })

  test('a full queue refuses at once, and takes again what fits', async () => {
    const { person, room } = await roomWithAuthor()
    const held = latch()
    queue.before = () => held.opened
    const fill = (body: string, times: number) =>
      upTo(times).map(() => post(queue, person, room, draft(body), performance.now()))
    const refuse = async (body: string) => {
      const refusal = await post(queue, person, room, draft(body))
      assert.is(refusedAs(refusal), 'unavailable')
      assert.ok('retryAfterSeconds' in refusal && refusal.retryAfterSeconds)
    }
    const under = say(queue, person, room, 'under way')
    const few = fill('x', limits.queuedChanges - 1)
    await refuse('one too many')
    held.open()
    await Promise.all([under, ...few])
    const long = 'x'.repeat(limits.messageChars)
    const again = latch()
    queue.before = () => again.opened
    const other = say(queue, person, room, '')
    const texts = fill(long, Math.floor(limits.queuedChars / long.length))
    await refuse(long)
    const short = say(queue, person, room, 'this still fits')
    again.open()
    assert.is((await other).message.n, 2)
    assert.is((await short).message.n, 3)
    await Promise.all(texts)
  })

  test('a queue that stops stores what it has taken, and takes nothing more', async () => {
    const { person, room } = await roomWithAuthor()
    const taken = upTo(20).map((n) => say(queue, person, room, `${n}`))
    let settled = 0
    for (const one of taken) void one.then(() => settled++)
    const stopped = queue.writing.stop()
    assert.is(refusedAs(await post(queue, person, room, draft('later'))), 'unavailable')
    await stopped
    assert.is((await currently(storage.sql, room)).lastSeq, 20)
    await Promise.all(taken)
    assert.is(settled, 20)
    await queue.writing.stop()
  })

  test.run()
}
