import * as assert from 'uvu/assert'
import { gatherEntries, nowhere } from '../../handlers/chat/entry.ts'
import { type Person, rename } from '../../handlers/chat/people.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import { limits } from '../../handlers/limits.ts'
import { Known } from '../../handlers/live/known.ts'
import { ServerLog } from '../../handlers/live/server-log.ts'
import { Sweep } from '../../handlers/live/sweep.ts'
import { guest, newRoom, openStorage, type Storage, succeeded } from '../chat/storage.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { upTo } from './waits.ts'
import { type Watched, watched } from './watched.ts'

const test = suite('what an instance remembers of people')

let storage: Storage
let ann: { person: Person; session: Buffer }
let room: Room

test.before(async () => {
  storage = await openStorage('pg')
})
test.after(() => storage.close())
test.before.each(async () => {
  ann = await guest(storage.sql)
  room = await newRoom(storage.sql, ann.person)
})

/** A memory that follows the server's log; what it sees is swept when the test says so. */
function memory() {
  const sql: Watched = watched(storage.sql)
  const errors: unknown[] = []
  const log = new ServerLog({
    sql,
    begin: undefined,
    onEvent: ({ personId }) => known.forgetPerson(personId ?? 0),
    onLost: () => known.forget(),
    onError: (error) => errors.push(error),
  })
  const known = new Known(log)
  const sweep = new Sweep(sql, [log])
  const ask = gatherEntries(sql)
  return {
    sql,
    log,
    known,
    sweep: () => sweep.now(),
    enter: (cookie: string, session: Uint8Array | null, slug = room.slug) =>
      known.enter(cookie, { session, slug }, ask),
  }
}

const word = 'token.signature'

test('is who they are and the room that they may see', async () => {
  const { known, sweep, enter } = memory()
  await sweep()
  assert.is(known.find(word, room.slug), undefined)
  await enter(word, ann.session)
  assert.equal(known.find(word, room.slug)?.person, ann.person)
  assert.is(known.find(word, room.slug)?.room.id, room.id)
  assert.is(known.find(word, 'lobby'), undefined)
  assert.is(known.find('', room.slug), undefined)
})

test('is nothing while the log has never been followed', async () => {
  const { known, enter } = memory()
  await enter(word, ann.session)
  assert.is(known.find(word, room.slug), undefined)
})

test('is not believed once the log cannot be followed, and again when it can', async () => {
  const { known, log, sweep, enter } = memory()
  await sweep()
  await enter(word, ann.session)
  const now = Date.now
  try {
    Date.now = () => now() + limits.trustMs + 1
    assert.is(log.isTrusted(), false)
    assert.is(known.find(word, room.slug), undefined)
    await sweep()
    assert.ok(known.find(word, room.slug))
  } finally {
    Date.now = now
  }
})

test('is not their old name after the log has told of another', async () => {
  const [here, there] = [memory(), memory()]
  for (const { sweep, enter } of [here, there]) {
    await sweep()
    await enter(word, ann.session)
  }
  const renamed = await rename(storage.sql, ann.person, { name: 'anna', color: '#336699' })
  const { seq } = succeeded(renamed)
  there.log.advance(seq ?? 0)
  await until(() => there.known.find(word, room.slug) === undefined)
  assert.is((await there.enter(word, ann.session)).person?.name, 'anna')
  assert.is(there.known.find(word, room.slug)?.person?.name, 'anna')
  await here.sweep()
  await until(() => here.known.find(word, room.slug) === undefined)
})

test('is not what was read before the log told of a change', async () => {
  const { sql, log, known, sweep, enter } = memory()
  await sweep()
  sql.after = async (statement) => {
    if (statement !== 2) return
    const renamed = await rename(storage.sql, ann.person, { name: 'ann lee', color: '#336699' })
    const { seq } = succeeded(renamed)
    log.advance(seq ?? 0)
    await until(() => sql.count > 2 && log.moves > 0)
  }
  await enter(word, ann.session)
  assert.is(known.find(word, room.slug), undefined)
})

test('is no room that they may not see, since they may be let in', async () => {
  const { known, sweep, enter } = memory()
  await sweep()
  const closed = await newRoom(storage.sql, (await guest(storage.sql, 'ben')).person, 'closed')
  assert.is((await enter(word, ann.session, closed.slug)).room, null)
  await enter(word, ann.session, 'nowhere')
  assert.is(known.find(word, closed.slug), undefined)
  assert.is(known.find(word, 'nowhere'), undefined)
})

test('is nothing of those whose cookie is none of ours', async () => {
  const { known, sweep, enter } = memory()
  await sweep()
  for (const turn of upTo(3)) {
    const cookie = `${'x'.repeat(8_000)}${turn}.y`
    assert.ok((await enter(cookie, null)).room)
    assert.is(known.find(cookie, room.slug), undefined, 'anybody can make up any number of them')
  }
  await enter('', null)
  assert.ok(known.find('', room.slug))
})

test('is one and the same room for all, and no room of a database that was replaced', async () => {
  const { known, sweep, enter } = memory()
  await sweep()
  await enter(word, ann.session)
  await enter('', null)
  assert.is(known.find(word, room.slug)?.room, known.find('', room.slug)?.room)
  const replaced = { ...room, origin: room.origin + 1 }
  const nobody = {
    person: null,
    isBanned: false,
    policy: 'open',
    hints: false,
    standing: nowhere,
  } as const
  await known.enter('', { session: null, slug: room.slug }, async () => ({
    ...nobody,
    room: replaced,
  }))
  assert.is(known.find('', room.slug)?.room.origin, replaced.origin)
  assert.is(known.find(word, room.slug), undefined, 'who was known there is nobody here')
})

test.run()
