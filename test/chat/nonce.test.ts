import * as assert from 'uvu/assert'
import type { Draft } from '../../handlers/chat/messages.ts'
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
  succeeded,
} from './storage.ts'

const draft = (body: string, nonce = 'n-1'): Draft => ({ body, nonce, replyTo: null })

for (const driver of drivers) {
  const test = suite(`a nonce on ${driver}`)
  let storage: Storage

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())

  async function roomWithAuthor() {
    const { sql } = storage
    const { person } = await guest(sql)
    return { sql, person, room: await newRoom(sql, person) }
  }

  test('the same nonce and body again is the first message', async () => {
    const { sql, person, room } = await roomWithAuthor()
    const first = succeeded(await post(storage, person, room, draft('hello')))
    const again = succeeded(await post(storage, person, room, draft('hello')))
    assert.is(first.created, true)
    assert.is(again.created, false)
    assert.equal(again.message, first.message)
    assert.is((await currently(sql, room)).lastSeq, 1)
  })

  test('twenty copies that arrive at once are one message, and leave no gap', async () => {
    const { person, room } = await roomWithAuthor()
    const copies = Array.from({ length: 20 }, () => post(storage, person, room, draft('hello')))
    const posted = (await Promise.all(copies)).map(succeeded)
    assert.is(posted.filter(({ created }) => created).length, 1)
    assert.equal(new Set(posted.map(({ message }) => message.n)), new Set([1]))
    const next = succeeded(await post(storage, person, room, draft('more', 'n-2')))
    assert.is(next.message.n, 2)
  })

  test('the same nonce with another body is a conflict', async () => {
    const { sql, person, room } = await roomWithAuthor()
    succeeded(await post(storage, person, room, draft('hello')))
    assert.is(refusedAs(await post(storage, person, room, draft('hello!'))), 'conflict')
    assert.is((await currently(sql, room)).lastSeq, 1)
  })

  test("another author's nonce, and one in another room, is its own", async () => {
    const { sql, person, room } = await roomWithAuthor()
    const other = await guest(sql, 'ben')
    const elsewhere = await newRoom(sql, person)
    const places = [
      [person, room],
      [other.person, room],
      [person, elsewhere],
    ] as const
    for (const created of [true, false]) {
      for (const [author, place] of places) {
        const posted = succeeded(await post(storage, author, place, draft('hello')))
        assert.is(posted.created, created)
        assert.is(posted.message.author.id, author.id)
      }
    }
  })

  test('messages without a nonce are all their own', async () => {
    const { sql, person, room } = await roomWithAuthor()
    for (let turn = 0; turn < 3; turn++) {
      succeeded(await post(storage, person, room, { ...draft('hello'), nonce: null }))
    }
    assert.is((await currently(sql, room)).lastSeq, 3)
  })

  test('a retry is settled also when the room was archived in between', async () => {
    const { sql, person, room } = await roomWithAuthor()
    const first = succeeded(await post(storage, person, room, draft('hello')))
    await sql.query('update rooms set archived = true where id = $1', [room.id])
    const again = succeeded(await post(storage, person, room, draft('hello')))
    assert.equal(again, { message: first.message, created: false })
    assert.is(refusedAs(await post(storage, person, room, draft('other'))), 'conflict')
    assert.is(refusedAs(await post(storage, person, room, draft('new', 'n-2'))), 'not_allowed')
  })

  test.run()
}
