import * as assert from 'uvu/assert'
import { findMessage, readDraft } from '../../handlers/chat/messages.ts'
import { rename } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import type { Sql } from '../../handlers/chat/sql.ts'
import { readLog } from '../../handlers/live/log.ts'
import { suite } from '../suite.ts'
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

const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1)

/** A message as it stands. */
const shown = async (sql: Sql, room: Room, n: number) =>
  findMessage(sql, await currently(sql, room), n)

for (const driver of drivers) {
  const test = suite(`posting on ${driver}`)
  let storage: Storage

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())

  test('64 posts at once by several authors get gapless numbers', async () => {
    const { sql } = storage
    const authors = await Promise.all(['ann', 'ben', 'cleo', 'dov'].map((name) => guest(sql, name)))
    const room = await newRoom(sql, (await guest(sql)).person)
    const posts = upTo(16).flatMap((turn) =>
      authors.map(({ person }) => say(storage, person, room, `${person.name} ${turn}`)),
    )
    const posted = await Promise.all(posts)
    const numbers = posted.map(({ message }) => message.n).sort((a, b) => a - b)
    assert.equal(numbers, upTo(64))
    assert.is((await currently(sql, room)).lastSeq, 64)
  })

  test('the log and the messages agree', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person)
    const posted = await Promise.all(upTo(20).map((turn) => say(storage, person, room, `${turn}`)))
    const { events } = await readLog(sql, room.id, 0, 200)
    assert.equal(
      events.map((event) => event.seq),
      upTo(20),
    )
    for (const { message } of posted) {
      const event = events[message.n - 1]
      assert.is(event?.type, 'message.posted')
      assert.is(event?.by, person.id)
      assert.equal(event?.message, message)
      assert.equal(event?.at, message.at)
      assert.equal(await shown(storage.sql, room, message.n), message)
    }
  })

  test('rooms count for themselves', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const rooms = [await newRoom(sql, person), await newRoom(sql, person)]
    const numbers = []
    for (const room of [...rooms, ...rooms]) {
      numbers.push((await say(storage, person, room, 'hello')).message.n)
    }
    assert.equal(numbers, [1, 1, 2, 2])
  })

  test('a text is given back as it was said, whatever it is made of', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person)
    const texts = ['naïve 👩‍👩‍👧 日本', `'; drop table messages; --`, '$1 \\ % _ {}', 'a\u001b[2Jb']
    for (const text of texts) {
      const { message } = await say(storage, person, room, text)
      assert.is((await shown(storage.sql, room, message.n))?.body, text)
    }
  })

  test('a message keeps the name that it was written under', async () => {
    const { sql } = storage
    const { person } = await guest(sql, 'before')
    const room = await newRoom(sql, person)
    const { message } = await say(storage, person, room, 'hello')
    await rename(sql, person, { name: 'after', color: '#000000' })
    const later = await say(storage, person, room, 'hello again')
    assert.is((await shown(storage.sql, room, message.n))?.author.name, 'before')
    assert.equal(later.message.author, { ...person, name: 'after', color: '#000000' })
    assert.equal(await shown(storage.sql, room, later.message.n), later.message)
  })

  test('an archived room takes no message', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person)
    await archive(room)
    const draft = { body: 'hello', nonce: null, replyTo: null }
    assert.is(refusedAs(await post(storage, person, room, draft)), 'not_allowed')
    assert.is((await currently(sql, room)).lastSeq, 0)
  })

  test('an answer names a message of the same room, and an answer to nothing is invalid', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person)
    const other = await newRoom(sql, person)
    const { message } = await say(storage, person, room, 'a question')
    const draft = { body: 'an answer', nonce: null, replyTo: message.n }
    const { message: reply } = succeeded(await post(storage, person, room, draft))
    assert.is(reply.replyTo, message.n)
    assert.is(refusedAs(await post(storage, person, other, draft)), 'invalid')
    assert.is(refusedAs(await post(storage, person, room, { ...draft, replyTo: 999 })), 'invalid')
    assert.is((await currently(sql, room)).lastSeq, 2, 'a refused post takes no number')
  })

  async function archive(room: Room): Promise<void> {
    await storage.sql.query('update rooms set archived = true where id = $1', [room.id])
  }

  test.run()
}

const test = suite('drafts')

test('a draft names the message that it answers by a number', () => {
  const draft = succeeded(readDraft({ body: 'yes', reply_to: ' 12 ' }))
  assert.equal(draft, { body: 'yes', nonce: null, replyTo: 12 })
  for (const reply_to of ['x', '-1', '1.5', '1e3', '9'.repeat(16)]) {
    assert.is(refusedAs(readDraft({ body: 'yes', reply_to })), 'invalid', reply_to)
  }
})

test('an empty nonce is none, and a nonce has a limit', () => {
  assert.is(succeeded(readDraft({ body: 'yes', nonce: '' })).nonce, null)
  assert.is(succeeded(readDraft({ body: 'yes', nonce: 'n'.repeat(128) })).nonce?.length, 128)
  assert.is(refusedAs(readDraft({ body: 'yes', nonce: 'n'.repeat(129) })), 'invalid')
})

test.run()
