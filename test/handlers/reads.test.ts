/** Where somebody was, on all their devices and at all instances. */
import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, type Form, join, jsonOf, roomOf, type Someone, say } from './ask.ts'
import { isIn, isRefused } from './expect.ts'
import { type Listed, listed, markers, read, readAll, type Told, unreadIn } from './reads.ts'
import { come, linkTo, member, run } from './scene.ts'

const test = suite('where somebody was', 30)

let database: TestDatabase
let instances: Instance[]
let here: Instance
let there: Instance
let ann: Someone
let bob: Someone
let room: string
/** Statements of the first instance that write markers. */
let writes = 0

test.before(async () => {
  database = await migratedDatabase()
  here = await startInstance(database.env, (sql) => ({
    query(text, values) {
      if (text.includes('into read_markers')) writes++
      return sql.query(text, values)
    },
  }))
  instances = [here, await startInstance(database.env), await startInstance(database.env)]
  there = instances[1] as Instance
  ann = await member(here.app, 'ann')
  bob = await join(here.app, 'bob')
})
test.after(async () => {
  await Promise.all(instances.map((instance) => instance.stop()))
  await database.drop()
})
test.before.each(async () => {
  room = await roomOf(here.app, ann, `Room ${Math.random()}`)
})

const written = () => Promise.all(instances.map(({ reads }) => reads.write()))
const counts = async (by: Someone, at = here, slug = room) => {
  const { unread, mentions } = await listed(at, by, slug)
  return [unread, mentions]
}

test('messages of others are unread until somebody has read them, and their own never are', async () => {
  await read(here, ann, room)
  for (const body of ['one', 'two', 'three']) await say(here.app, bob, room, body)
  await say(there.app, bob, room, '@ann, look')
  await read(here, bob, room, { n: 1 })
  await written()
  assert.equal(
    [await counts(ann), await counts(bob)],
    [
      [4, 1],
      [0, 0],
    ],
  )
  await read(there, ann, room, { n: 2 })
  // At the instance that was told at once, at the others when it is written.
  assert.equal(await counts(ann, there), [2, 1])
  await written()
  for (const instance of instances) assert.equal(await counts(ann, instance), [2, 1])
})

test('who writes has read what stands above', async () => {
  await read(here, ann, room)
  await say(here.app, bob, room, 'hello')
  await say(there.app, ann, room, 'hello bob')
  await say(here.app, bob, room, 'how are you?')
  assert.equal(await counts(ann, there), [1, 0])
  await written()
  assert.equal(await counts(ann, here), [1, 0])
})

test('a room that one never looked into has nothing unread, and one that one was let into has all', async () => {
  await say(here.app, ann, room, 'hello')
  const cleo = await join(here.app, 'cleo')
  assert.equal(await counts(cleo), [0, 0])
  assert.is((await listed(here, cleo, room)).read, null)
  const closed = await roomOf(here.app, ann, `Closed ${Math.random()}`, 'closed')
  await say(here.app, ann, closed, 'before')
  await come(here.app, cleo, await linkTo(here.app, ann, closed, { history: 'from_now' }))
  await say(here.app, ann, closed, 'after')
  assert.equal(await counts(cleo, here, closed), [1, 0])
})

test('a deleted message is not unread, and what names everybody names whoever is in the room', async () => {
  await say(here.app, bob, room, 'I am here')
  const passing = await join(here.app, 'passing')
  for (const by of [bob, passing]) await read(here, by, room)
  const first = await say(here.app, ann, room, 'wrong')
  await say(here.app, ann, room, '@room, dinner')
  await ask(here.app, `/r/${room}/messages/${first.n}`, { by: ann, method: 'DELETE' })
  assert.equal(
    [await counts(bob), await counts(passing)],
    [
      [1, 1],
      [1, 0],
    ],
  )
})

test('more than a hundred are counted as a hundred', async () => {
  await read(here, ann, room)
  await written()
  await run(
    database,
    `with r as (update rooms set last_seq = last_seq + 130 where slug = $1 returning *)
     insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body)
     select r.id, n, $2, 'bob', '#000000', 'guest', 'x' from r, generate_series(r.last_seq - 129, r.last_seq) n`,
    [room, Number(bob.id)],
  )
  assert.equal(await counts(ann), [100, 0])
  const html = await (await ask(here.app, '/', { by: ann, form: 'fragment' })).text()
  assert.match(html, /<span class="new">99\+<span class="visually-hidden"> unread<\/span>/)
})

test('a marker goes back on purpose alone, and what was read before that does not move it on', async () => {
  for (const body of ['1', '2', '3', '4']) await say(here.app, bob, room, body)
  await read(here, ann, room, { n: 3 })
  await read(there, ann, room, { n: 2 })
  await written()
  assert.equal(await counts(ann), [1, 0])
  // Read at one instance and not written yet, when it is set back at another.
  await read(there, ann, room, { n: 4 })
  await read(here, ann, room, { n: 1, unread: true })
  await written()
  assert.equal(await counts(ann), [3, 0])
  // What is read from then on does.
  await until(async () => {
    await read(there, ann, room, { n: 2 })
    await written()
    return (await unreadIn(here, ann, room)) === 2
  })
  await readAll(here, ann, room)
  assert.equal(await counts(ann, there), [0, 0])
  assert.equal(await markers(database, ann, room), [4])
})

test('what is read after a marker was set back does not bring back what was read before', async () => {
  const strict = await startInstance(database.env, (sql) => sql, { readsLateMs: 50 })
  // What is noted may be written meanwhile, and then there is nothing to bring back.
  for (let turn = 0; turn < 3; turn++) {
    room = await roomOf(here.app, ann, `Room ${Math.random()}`)
    for (const body of ['1', '2', '3', '4']) await say(here.app, bob, room, body)
    await read(strict, ann, room, { n: 4 })
    await read(here, ann, room, { n: 1, unread: true })
    // From then on it counts as read after.
    const late = `select from read_markers where turned_at > clock_timestamp() - interval '50 ms'`
    await until(async () => (await run(database, late)).length === 0)
    await read(strict, ann, room, { n: 2 })
    await strict.reads.write()
    assert.not.equal(await markers(database, ann, room), [4])
  }
  await strict.stop()
})

test('a number past the end is the end', async () => {
  await say(here.app, bob, room, 'one')
  await read(here, ann, room, { n: 900 })
  await written()
  await say(here.app, bob, room, 'two')
  assert.equal(await counts(ann), [1, 0])
  await read(here, ann, room, { n: 900, unread: true })
  await say(here.app, bob, room, 'three')
  assert.equal(await counts(ann), [1, 0])
})

test('what is told of a room decides what is counted there', async () => {
  await say(here.app, bob, room, 'I am here')
  const level = (wanted: string) =>
    ask(here.app, `/r/${room}/members/${bob.id}`, {
      by: bob,
      method: 'PUT',
      json: { level: wanted },
    })
  await written()
  await say(here.app, ann, room, 'one')
  await say(here.app, ann, room, '@bob two')
  assert.equal(await counts(bob), [2, 1])
  await level('mentions')
  assert.equal(await counts(bob), [1, 1])
  await level('nothing')
  assert.equal(await counts(bob), [0, 0])
})

test('however much is read, it is written once, by all together', async () => {
  const readers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => join(here.app, name)))
  for (let i = 0; i < 20; i++) await say(here.app, bob, room, `${i}`)
  await written()
  writes = 0
  for (let n = 1; n <= 20; n++) for (const by of readers) await read(here, by, room, { n })
  await here.reads.write()
  assert.is(writes, 1)
  assert.equal(await Promise.all(readers.map((by) => unreadIn(there, by, room))), [0, 0, 0, 0])
  await here.reads.write()
  assert.is(writes, 1, 'and nothing is written where nothing is read')
})

test('what was read and not written yet is written when an instance stops', async () => {
  const stopping = await startInstance(database.env)
  await say(here.app, bob, room, 'one')
  await read(stopping, ann, room)
  await stopping.stop()
  assert.equal(await markers(database, ann, room), [1])
})

for (const [i, where] of ['the same instance', 'another', 'a third'].entries()) {
  test(`all devices are told how far one of them has read, at ${where}`, async () => {
    const device = instances[i] as Instance
    await say(here.app, bob, room, 'one')
    await say(here.app, bob, room, '@ann two')
    await written()
    const path = `/me/events?open=${room}`
    let next = (await jsonOf<Told>(ask(device.app, path, { by: ann }))).next
    const heard: Listed[] = []
    const hears = async (n: number) => {
      while (heard.at(-1)?.n !== n) {
        const told = await jsonOf<Told>(
          ask(device.app, `${path}&after=${next}&wait=20`, { by: ann }),
        )
        heard.push(...told.events.filter(({ type }) => type === 'room.read'))
        next = told.next
      }
    }
    const strangers = await jsonOf<Told>(ask(device.app, path, { by: bob }))
    const hearing = hears(1)
    await until(() => device.hub.held === 1)
    await read(here, ann, room, { n: 1 })
    await written()
    await hearing
    const first = { type: 'room.read', room, n: 1, last: 2, messages: 2, unread: 1, mentions: 1 }
    assert.equal(heard.at(-1), first)
    await read(here, ann, room, { n: 0, unread: true })
    await hears(0)
    assert.equal([heard.at(-1)?.unread, heard.at(-1)?.mentions], [2, 1])
    // Between two waits.
    await readAll(here, ann, room)
    // By itself, the first time.
    if (i > 0) await written()
    await hears(2)
    assert.is(heard.at(-1)?.unread, 0)
    const after = `${path}&after=${strangers.next}`
    const others = await jsonOf<Told>(ask(device.app, after, { by: bob }))
    assert.equal(
      others.events.filter((event) => event.type === 'room.read' && event.room === room),
      [],
    )
  })
}

test('a head tells how often somebody is named in what they have not read', async () => {
  const open = await roomOf(here.app, ann, `Open ${Math.random()}`)
  await say(here.app, bob, room, 'I am here')
  for (const by of [ann, bob]) await read(here, by, room)
  await written()
  const path = `/me/events?open=${open}`
  const wait = async (by: Someone, after: string) =>
    jsonOf<Told>(ask(there.app, `${path}&after=${after}&wait=20`, { by }))
  const begin = async (by: Someone) => (await jsonOf<Told>(ask(there.app, path, { by }))).next
  const cursors = [await begin(ann), await begin(bob)]
  const waiting = [wait(ann, cursors[0] ?? ''), wait(bob, cursors[1] ?? '')]
  await until(() => there.hub.held === 2)
  const cleo = await join(here.app, 'cleo')
  await say(here.app, cleo, room, '@bob, over here')
  const heads = (await Promise.all(waiting)).map(({ events }) =>
    events.flatMap((event) => (event.type === 'room.head' ? [event.mentions, event.by] : [])),
  )
  assert.equal(heads, [
    [0, cleo.id],
    [1, cleo.id],
  ])
})

test('who was removed is not told of the room, whatever they have read there', async () => {
  const closed = await roomOf(here.app, ann, `Closed ${Math.random()}`, 'closed')
  await come(here.app, bob, await linkTo(here.app, ann, closed))
  await say(here.app, ann, closed, 'hello')
  await written()
  const begun = await jsonOf<Told>(ask(here.app, '/me/events', { by: bob }))
  await read(here, bob, closed)
  await ask(here.app, `/r/${closed}/members/${bob.id}`, { by: ann, method: 'DELETE' })
  await written()
  const told = await jsonOf<Told>(ask(here.app, `/me/events?after=${begun.next}`, { by: bob }))
  assert.not(JSON.stringify(told.events).includes(closed))
})

test('without JavaScript the frame of the newest messages marks them as read, and a page of JSON does not', async () => {
  await read(here, ann, room)
  await written()
  await say(here.app, bob, room, 'one')
  await ask(here.app, `/r/${room}`, { by: ann })
  assert.is(await unreadIn(here, ann, room), 1)
  await ask(here.app, `/r/${room}/frame`, { by: ann, form: 'page' })
  assert.is(await unreadIn(here, ann, room), 0)
})

test('without JavaScript a message is marked as unread by a form that leads to the list', async () => {
  for (const body of ['one', 'two', 'three']) await say(here.app, bob, room, body)
  await read(here, ann, room)
  const page = await (
    await ask(here.app, `/r/${room}/messages/2`, { by: ann, form: 'page' })
  ).text()
  assert.match(page, /name="n" value="1"[^>]*>\s*<input type="hidden" name="unread" value="true"/)
  const fields = { _method: 'PUT', n: '1', unread: 'true' }
  const sent = await ask(here.app, `/r/${room}/read`, { by: ann, form: 'page', fields })
  assert.equal([sent.status, sent.headers.get('location')], [303, '/'])
  assert.is(await unreadIn(there, ann, room), 2)
  const done = await ask(here.app, `/r/${room}/read`, {
    by: ann,
    form: 'page',
    fields: { _method: 'PUT' },
  })
  assert.is(done.status, 303)
  assert.is(await unreadIn(here, ann, room), 0)
})

test('it is answered in each form, and refused with its reason', async () => {
  const put = (fields: Record<string, string>, form: Form = 'json', by?: Someone) =>
    ask(here.app, `/r/${room}/read`, { method: 'PUT', fields, form, by })
  // A page that asked and was told to keep nothing is not gone back to.
  for (const form of ['json', 'fragment', 'text'] as const)
    await isIn(form, await put({ n: '0' }, form, ann), 200, 'private')
  await isRefused('json', await put({ n: '0' }), 401, 'sign_in')
  for (const n of ['x', '-1', '1.5', '9'.repeat(16)]) {
    await isRefused('json', await put({ n }, 'json', ann), 422, 'invalid')
  }
  await isRefused('json', await put({ unread: 'true' }, 'json', ann), 422, 'invalid')
})

test.run()
