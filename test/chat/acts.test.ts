import * as assert from 'uvu/assert'
import type { Person } from '../../handlers/chat/people.ts'
import { Refusal } from '../../handlers/chat/refusal.ts'
import type { Room } from '../../handlers/chat/rooms.ts'
import type { Actor } from '../../handlers/chat/writing/act.ts'
import type { Change, Outcome } from '../../handlers/chat/writing/kinds.ts'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { drivers, guest, newRoom, openStorage, postBy, type Storage } from './storage.ts'
import { draft, type Queue, queueOn } from './writing.ts'

type Known = Awaited<ReturnType<typeof guest>>

for (const driver of drivers) {
  const test = suite(`acts between posts on ${driver}`)
  let storage: Storage
  let queue: Queue
  let ann: Known
  let ben: Known

  test.before(async () => {
    storage = await openStorage(driver)
    ann = await guest(storage.sql, 'ann')
    ben = await guest(storage.sql, 'ben')
  })
  test.before.each(() => {
    queue = queueOn(storage.database.transact)
  })
  test.after.each(() => queue.writing.stop())
  test.after(() => storage.close())

  const actor = ({ person, session }: Known, room: Room): Actor => ({
    roomId: room.id,
    personId: person.id,
    session,
  })
  const post = (by: Person, room: Room, body: string) => postBy(by, room, draft(body))

  /** A closed room with both in it. */
  async function roomOfBoth(): Promise<Room> {
    const room = await newRoom(storage.sql, ann.person, 'closed')
    await storage.sql.query(
      `insert into members (room_id, person_id, role, invited) values ($1, $2, 'member', true)`,
      [room.id, ben.person.id],
    )
    return room
  }

  /** Stores changes in one transaction, whatever else is under way. @returns what became of each. */
  async function together(room: Room, changes: Change[]): Promise<string[]> {
    const deadline = performance.now() + limits.commitMs
    const write = (change: Change) => queue.writing.write(change as never, deadline)
    // The first goes alone and at once; what comes while it is stored goes into the next.
    const [first, ...others] = [post(ann.person, room, 'first'), ...changes].map(write)
    await first
    const outcomes: (Outcome | Refusal)[] = await Promise.all(others)
    assert.is(queue.transactions, 2, 'they went together')
    return outcomes.map((outcome) => (outcome instanceof Refusal ? outcome.code : 'stored'))
  }

  type Event = { seq: number; type: string; by: string; n: number | null; body: string | null }

  async function logOf(room: Room): Promise<Event[]> {
    const { rows } = await storage.sql.query<Event>(
      `select l.seq, l.type, p.name as by, l.n, m.body from log l join people p on p.id = l.by_id
         left join messages m on m.room_id = l.room_id and m.n = l.n and l.type = 'message.posted'
        where l.room_id = $1 order by l.seq`,
      [room.id],
    )
    const { rows: heads } = await storage.sql.query<{ last_seq: number; messages: number }>(
      'select last_seq, messages from rooms where id = $1',
      [room.id],
    )
    const posted = rows.filter(({ type }) => type === 'message.posted')
    assert.equal(heads, [{ last_seq: rows.length, messages: posted.length }])
    assert.equal(
      rows.map(({ seq }) => seq),
      rows.map((_, i) => i + 1),
      'no number is left out',
    )
    for (const { seq, n } of posted) assert.is(n, seq)
    return rows
  }

  const told = (events: Event[]) => events.map(({ type, by, body }) => `${by} ${body ?? type}`)

  for (const isBan of [false, true]) {
    test(`who ${isBan ? 'is banned' : 'is removed'} between two posts of theirs has said the first alone`, async () => {
      const room = await roomOfBoth()
      const memberId = ben.person.id
      const outcomes = await together(room, [
        post(ben.person, room, 'before'),
        post(ann.person, room, 'and I'),
        { kind: 'departure', ...actor(ann, room), memberId, isBan },
        post(ben.person, room, 'after'),
        post(ann.person, room, 'now we talk'),
        { kind: 'departure', ...actor(ben, room), memberId, isBan: false },
      ])
      assert.equal(outcomes, ['stored', 'stored', 'stored', 'not_found', 'stored', 'not_found'])
      assert.equal(told(await logOf(room)), [
        'ann first',
        'ben before',
        'ann and I',
        'ann member.changed',
        'ann now we talk',
      ])
      assert.equal(
        queue.moved.slice(1).map(([roomId]) => roomId),
        [0, room.id],
        'that somebody has lost something is told before what was said',
      )
    })
  }

  test('who is muted between two posts, and not muted any more, has not said what was between', async () => {
    const room = await roomOfBoth()
    const memberId = ben.person.id
    const mute = (mutedSeconds: number): Change => ({
      ...{ kind: 'membership', ...actor(ann, room), memberId },
      ...{ role: null, level: null, mutedSeconds },
    })
    const outcomes = await together(room, [
      post(ben.person, room, 'before'),
      mute(60),
      post(ben.person, room, 'meanwhile'),
      mute(0),
      post(ben.person, room, 'after'),
    ])
    assert.equal(outcomes, ['stored', 'stored', 'not_allowed', 'stored', 'stored'])
    assert.equal(told(await logOf(room)), [
      'ann first',
      'ben before',
      'ann member.changed',
      'ann member.changed',
      'ben after',
    ])
  })

  test('settings and deletions keep their place among the posts', async () => {
    const room = await roomOfBoth()
    const settle = (archived: boolean): Change => ({
      ...{ kind: 'settings', ...actor(ann, room) },
      draft: { archived },
    })
    const remove = (by: Known, n: number): Change => ({
      ...{ kind: 'deletion', ...actor(by, room) },
      ...{ n, version: null },
    })
    const outcomes = await together(room, [
      post(ben.person, room, 'second'),
      remove(ben, 2),
      remove(ben, 5),
      settle(true),
      post(ben.person, room, 'in an archive'),
      settle(false),
      post(ben.person, room, 'sixth'),
      remove(ben, 1),
      remove(ann, 6),
    ])
    assert.equal(outcomes, [
      ...['stored', 'stored', 'not_found', 'stored', 'not_allowed'],
      ...['stored', 'stored', 'not_allowed', 'stored'],
    ])
    const events = await logOf(room)
    assert.equal(
      events.map(({ type, n }) => `${type} ${n}`),
      [
        ...['message.posted 1', 'message.posted 2', 'message.deleted 2', 'room.changed null'],
        ...['room.changed null', 'message.posted 6', 'message.deleted 6'],
      ],
    )
  })

  test('a room that is closed between two posts is closed to who came for the second', async () => {
    const room = await newRoom(storage.sql, ann.person)
    const guests = [await guest(storage.sql, 'cem'), await guest(storage.sql, 'dan')]
    const [cem, dan] = guests.map(({ person }) => person) as [Person, Person]
    const outcomes = await together(room, [
      post(cem, room, 'I came before'),
      { kind: 'settings', ...actor(ann, room), draft: { visibility: 'closed' } },
      post(cem, room, 'and am in it'),
      post(dan, room, 'I come too late'),
    ])
    assert.equal(outcomes, ['stored', 'stored', 'stored', 'not_found'])
    assert.equal(told(await logOf(room)), [
      'ann first',
      'cem I came before',
      'ann room.changed',
      'cem and am in it',
    ])
  })

  test.run()
}
