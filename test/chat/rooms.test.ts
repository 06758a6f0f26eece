import * as assert from 'uvu/assert'
import { listRooms, makeRoom, type RoomDraft, readRoomDraft } from '../../handlers/chat/rooms.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import {
  drivers,
  enterOne,
  guest,
  newRoom,
  openStorage,
  refusedAs,
  type Storage,
  say,
  succeeded,
} from './storage.ts'

const open = (name: string): RoomDraft => ({ name, topic: '', visibility: 'open' })
const closed = (name: string): RoomDraft => ({ name, topic: '', visibility: 'closed' })

for (const driver of drivers) {
  const test = suite(`rooms on ${driver}`)
  let storage: Storage

  test.before(async () => {
    storage = await openStorage(driver)
  })
  test.after(() => storage.close())

  const slugOf = async (draft: RoomDraft) => {
    const { person } = await guest(storage.sql)
    return succeeded(await makeRoom(storage.sql, person, draft)).slug
  }

  test('the lobby is there from the beginning, and open', async () => {
    const { room } = await enterOne(storage.sql, null, 'lobby')
    assert.is(room?.name, 'Lobby')
    assert.is(room?.visibility, 'open')
    assert.is(room?.lastSeq, 0)
  })

  test('a room that is deleted takes its talk with it, and no other’s', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const [gone, kept] = [await newRoom(sql, person), await newRoom(sql, person)]
    for (const room of [gone, kept]) await say(storage, person, room, 'hello')
    await sql.query('delete from rooms where id = $1', [gone.id])
    const { rows } = await sql.query(
      `select room_id, n from messages where room_id = any($1)
        union all select room_id, seq from log where room_id = any($1)`,
      [[gone.id, kept.id]],
    )
    assert.equal(rows, [
      { room_id: kept.id, n: 1 },
      { room_id: kept.id, n: 1 },
    ])
  })

  test('of more rooms than are listed, those that are theirs and the liveliest are', async () => {
    const { sql } = storage
    const [ann, ben] = [await guest(sql), await guest(sql)]
    const named = (name: string) => makeRoom(sql, ben.person, open(name)).then(succeeded)
    const mine = await named('Zz mine')
    const lively = await named('Zz lively')
    await sql.query("insert into members (room_id, person_id, role) values ($1, $2, 'member')", [
      mine.id,
      ann.person.id,
    ])
    // Others spoke in these an hour ago.
    await sql.query(
      `with made as (
         insert into rooms (slug, name, visibility, messages, last_seq)
         select 'many-' || i, 'Many ' || i, 'open', 1, 1 from generate_series(1, $1) i
         returning id
       )
       insert into log (room_id, seq, type, by_id, n, at)
       select id, 1, 'message', $2, 1, now() - interval '1 hour' from made`,
      [limits.listedRooms, ben.person.id],
    )
    await say(storage, ben.person, lively, 'hello')
    const quiet = await named('Zz quiet')
    await sql.query(
      "insert into rooms (slug, name, visibility) select 'new-' || i, 'New ' || i, 'open' from generate_series(2, $1) i",
      [limits.listedEmptyRooms],
    )
    const another = await named('Zz another')
    const listed = (await listRooms(sql, ann.person)).rooms.map(({ slug }) => slug)
    assert.is(listed.length, limits.listedRooms)
    assert.equal(listed.slice(0, 2), ['lobby', mine.slug])
    assert.equal(listed.slice(-2), [another.slug, lively.slug])
    assert.not.ok(listed.includes(quiet.slug))
    await sql.query("delete from rooms where slug like 'many-%' or slug like 'new-%'")
  })

  test('a room gets its address from its name', async () => {
    assert.is(await slugOf(open('Café Müller')), 'cafe-muller')
    assert.is(await slugOf(open('Straße № 7 / Łódź')), 'strasse-no-7-lodz')
  })

  test('a name without Latin letters gets an address anyway', async () => {
    for (const name of ['Кафе', '🦦🦦', '会議室', '***']) {
      assert.match(await slugOf(open(name)), /^[a-z]+-[a-z]+$/, name)
    }
  })

  test('two names with the same letters get two addresses', async () => {
    const first = await slugOf(open('Rose garden'))
    const second = await slugOf(open('Rose-Garden!'))
    assert.is(first, 'rose-garden')
    assert.match(second, /^rose-garden-[0-9a-f]{8}$/)
  })

  test('an address is never longer than 60 characters', async () => {
    assert.is((await slugOf(open('x'.repeat(60)))).length, 50)
    assert.ok((await slugOf(closed('x'.repeat(60)))).length <= 60)
  })

  test("an open room's name is taken, however it is written", async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    succeeded(await makeRoom(sql, person, open('Tea Room')))
    assert.is(refusedAs(await makeRoom(sql, person, open('Tea Room'))), 'conflict')
    assert.is(refusedAs(await makeRoom(sql, person, open('TEA room'))), 'conflict')
  })

  test('of two who make the same open room at once, one is told that it is taken', async () => {
    const { sql } = storage
    const makers = await Promise.all(['ann', 'ben'].map((name) => guest(sql, name)))
    for (let turn = 0; turn < 10; turn++) {
      const name = `Race ${turn}`
      const made = await Promise.all(makers.map(({ person }) => makeRoom(sql, person, open(name))))
      const refused = made.filter((result) => 'code' in result)
      assert.is(refused.length, 1, name)
      assert.is(refusedAs(refused[0]), 'conflict')
    }
  })

  test('a closed room takes no name, and its address tells nothing', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const first = succeeded(await makeRoom(sql, person, closed('Board')))
    const second = succeeded(await makeRoom(sql, person, closed('Board')))
    const visible = succeeded(await makeRoom(sql, person, open('Board')))
    assert.match(first.slug, /^board-[0-9a-f]{8}$/)
    assert.match(second.slug, /^board-[0-9a-f]{8}$/)
    assert.is.not(first.slug, second.slug)
    assert.is(visible.slug, 'board')
  })

  test('a closed room exists for its members alone', async () => {
    const { sql } = storage
    const owner = await guest(sql)
    const other = await guest(sql, 'ben')
    const room = await newRoom(sql, owner.person, 'closed')
    assert.is((await enterOne(sql, owner.session, room.slug)).room?.id, room.id)
    assert.is((await enterOne(sql, other.session, room.slug)).room, null)
    assert.is((await enterOne(sql, null, room.slug)).room, null)
    await sql.query(`insert into members (room_id, person_id, role) values ($1, $2, 'reader')`, [
      room.id,
      other.person.id,
    ])
    assert.is((await enterOne(sql, other.session, room.slug)).room?.id, room.id)
  })

  test('entering tells who asks, also where there is no room for them', async () => {
    const { sql } = storage
    const { person, session } = await guest(sql)
    const room = await newRoom(sql, person, 'closed')
    assert.equal((await enterOne(sql, session, 'no-such-room')).person, person)
    assert.equal((await enterOne(sql, session, room.slug)).person, person)
    const nobody = await enterOne(sql, Buffer.alloc(32), room.slug)
    assert.equal([nobody.person, nobody.room], [null, null])
  })

  test('an address with odd characters is no room, and no error', async () => {
    const odd = ['', '\0', 'lobby\0', "lobby' or '1'='1", 'LOBBY', 'lobby ', 'x'.repeat(5_000)]
    for (const slug of [...odd, '\ud800', '../lobby', '%00', 'löbby', '🦦']) {
      assert.is((await enterOne(storage.sql, null, slug)).room, null, JSON.stringify(slug))
    }
  })

  test('a list holds what its reader may enter, the lobby first, and archived rooms not', async () => {
    const { sql } = storage
    const owner = await guest(sql)
    const other = await guest(sql, 'ben')
    const hidden = await newRoom(sql, owner.person, 'closed')
    const gone = await newRoom(sql, owner.person)
    await sql.query('update rooms set archived = true where id = $1', [gone.id])
    const listed = async (reader: typeof owner | null) =>
      (await listRooms(sql, reader?.person ?? null)).rooms.map((room) => room.slug)
    assert.is((await listed(null))[0], 'lobby')
    assert.ok((await listed(owner)).includes(hidden.slug))
    for (const reader of [other, null]) assert.not((await listed(reader)).includes(hidden.slug))
    assert.not((await listed(owner)).includes(gone.slug))
  })

  test('a list tells when something was last said', async () => {
    const { sql } = storage
    const { person } = await guest(sql)
    const room = await newRoom(sql, person)
    const lastAt = async () =>
      (await listRooms(sql, person)).rooms.find((one) => one.id === room.id)?.lastAt
    assert.is(await lastAt(), null)
    const { message } = await say(storage, person, room, 'hello')
    assert.equal(await lastAt(), message.at)
  })

  test.run()
}

const test = suite("a new room's fields")

test('a name of 1 to 60 characters and a topic of up to 250 are taken, emoji counted once', () => {
  const longest = { name: '🦦'.repeat(60), topic: '🦦'.repeat(250) }
  assert.equal(readRoomDraft(longest), { ...longest, visibility: 'open' })
  assert.equal(readRoomDraft({ name: ' a  b ' }), { name: 'a b', topic: '', visibility: 'open' })
})

test('each field that is wrong is told', () => {
  const wrong = { name: 'x'.repeat(61), topic: 'x'.repeat(251), visibility: 'secret' }
  const refusal = readRoomDraft(wrong)
  assert.is(refusedAs(refusal), 'invalid')
  assert.ok('fields' in refusal)
  assert.equal(Object.keys(refusal.fields ?? {}), ['name', 'topic', 'visibility'])
  for (const name of ['', '   ', '\u200b', '\u3164', undefined]) {
    assert.is(refusedAs(readRoomDraft({ name })), 'invalid')
  }
})

test.run()
