/** Reactions, pins, and what somebody saves for themselves. */
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import {
  ask,
  type ChangesJson,
  join,
  jsonOf,
  type MessageJson,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, startInstances } from './scene.ts'

const test = suite('what is given to a message')
const { instance } = startInstances(test, ['instance'], { POST_BURST: '1000' })

type Given = MessageJson & {
  reactions: { emoji: string; count: number; by: { name: string }[] }[]
  pinned: boolean
}

let olga: Someone
let ann: Someone
let room: string
let said: MessageJson

test.before.each(async () => {
  const { app } = instance
  ;[olga, ann] = [await join(app, 'olga'), await join(app, 'ann')]
  room = await roomOf(app, olga, `Room ${Math.random()}`)
  said = await say(app, ann, room, 'words')
})

const pathOf = ({ n }: MessageJson = said) => `/r/${room}/messages/${n}`
const react = (by: Someone, emoji: string, method = 'PUT') =>
  ask(instance.app, `${pathOf()}/reactions/${encodeURIComponent(emoji)}`, { by, method })
const shown = () => jsonOf<Given>(ask(instance.app, pathOf()))
const given = async () =>
  (await shown()).reactions.map(({ emoji, count, by }) => [
    emoji,
    count,
    by.map(({ name }) => name),
  ])
const changes = (after: string) =>
  jsonOf<ChangesJson>(ask(instance.app, `/r/${room}/messages?after=${after}`))

test('a reaction is one’s own, counted, and told to all; given twice it is one', async () => {
  const { live } = await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages`))
  for (const by of [olga, olga, ann]) assert.is((await react(by, '👍')).status, 200)
  await react(ann, '🎉')
  assert.equal(await given(), [
    ['👍', 2, ['olga', 'ann']],
    ['🎉', 1, ['ann']],
  ])
  await react(olga, '👍', 'DELETE')
  await react(olga, '👍', 'DELETE')
  assert.equal(await given(), [
    ['👍', 1, ['ann']],
    ['🎉', 1, ['ann']],
  ])
  const { events } = await changes(live)
  assert.equal(
    events.map(({ type }) => type),
    Array.from({ length: 4 }, () => 'reaction.changed'),
  )
  assert.equal(events.at(-1)?.message, await shown())
})

test('a form gives what is not given, and takes back what is', async () => {
  const fields = { emoji: '👍' }
  const toggle = () =>
    ask(instance.app, `${pathOf()}/reactions`, { by: olga, form: 'page', fields })
  assert.is((await toggle()).headers.get('location'), pathOf())
  assert.equal(await given(), [['👍', 1, ['olga']]])
  await toggle()
  assert.equal(await given(), [])
})

test('a reaction is one character as people see it, or a name between colons', async () => {
  for (const emoji of ['👍', '👍🏽', '👩‍👩‍👧', '🇩🇪', '❤️', 'é', '+', ':party_parrot:']) {
    assert.is((await react(ann, emoji)).status, 200, emoji)
  }
  for (const emoji of [
    '',
    'ab',
    '👍👍',
    ' ',
    '\u200b',
    ':Not A Name:',
    `e${'\u0301'.repeat(90)}`,
  ]) {
    const json = { emoji }
    const answer = await ask(instance.app, `${pathOf()}/reactions`, { by: ann, json })
    await isRefused('json', answer, 422, 'invalid')
  }
})

test('a heart is the same with and without the sign that makes it an emoji', async () => {
  await react(ann, '❤')
  await react(olga, '❤️')
  assert.equal(await given(), [['❤️', 2, ['ann', 'olga']]])
})

test('of a crowd that reacts at once each is counted', async () => {
  const crowd = await Promise.all(
    Array.from({ length: 40 }, (_, i) => join(instance.app, `one ${i}`)),
  )
  const answers = await Promise.all(crowd.map((by) => react(by, '🎉')))
  assert.ok(answers.every(({ status }) => status === 200))
  const [[emoji, count] = []] = await given()
  assert.equal([emoji, count], ['🎉', 40])
})

test('a message has so many different reactions, and each of them may be joined', async () => {
  for (let i = 0; i < limits.reactionsOfMessage; i++) {
    assert.is((await react(ann, String.fromCodePoint(0x1f600 + i))).status, 200)
  }
  await isRefused('json', await react(ann, '👍'), 422, 'invalid')
  assert.is((await react(olga, '\u{1f600}')).status, 200)
})

test('nobody reacts to what is deleted, and what was given is not shown', async () => {
  await react(olga, '👍')
  await ask(instance.app, pathOf(), { by: ann, method: 'DELETE' })
  await isRefused('json', await react(olga, '🎉'), 404, 'not_found')
  assert.equal(await given(), [])
})

test('what is pinned is listed, the last one first, until it is unpinned or deleted', async () => {
  const second = await say(instance.app, olga, room, 'more words')
  const pin = (by: Someone, message: MessageJson, method = 'PUT') =>
    ask(instance.app, `${pathOf(message)}/pin`, { by, method })
  const pins = async () =>
    (await jsonOf<PageJson>(ask(instance.app, `/r/${room}/pins`))).messages.map(({ n }) => n)
  const { live } = await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages`))
  for (const message of [said, second, second]) {
    assert.is((await pin(ann, message)).status, 200)
  }
  assert.equal(await pins(), [second.n, said.n])
  assert.ok((await shown()).pinned)
  await pin(olga, second, 'DELETE')
  assert.equal(await pins(), [said.n])
  const types = (await changes(live)).events.map(({ type }) => type)
  assert.equal(types, ['pin.changed', 'pin.changed', 'pin.changed'])
  await ask(instance.app, pathOf(), { by: ann, method: 'DELETE' })
  assert.equal(await pins(), [])
  const stranger = await join(instance.app, 'stranger')
  await isRefused('json', await pin(stranger, second), 403, 'not_allowed')
})

type SavedJson = { saved: { message: MessageJson }[]; next: string | null }

test('what somebody saves is for them alone, and as long as they may read it', async () => {
  const closed = await roomOf(instance.app, olga, `Room ${Math.random()}`, 'closed')
  await come(instance.app, ann, await linkTo(instance.app, olga, closed))
  const secret = await say(instance.app, olga, closed, 'a secret')
  const { live } = await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages`))
  const save = (by: Someone, path: string, method = 'PUT') =>
    ask(instance.app, `${path}/saved`, { by, method })
  const saved = async (by: Someone) =>
    (await jsonOf<SavedJson>(ask(instance.app, '/saved', { by }))).saved.map(
      ({ message }) => message,
    )
  assert.is((await save(ann, pathOf())).status, 200)
  assert.is((await save(ann, `/r/${closed}/messages/${secret.n}`)).status, 200)
  assert.equal(
    (await saved(ann)).map(({ body }) => body),
    ['a secret', 'words'],
  )
  assert.equal(await saved(olga), [])
  assert.equal((await changes(live)).events, [])
  await ask(instance.app, `/r/${closed}/members/${ann.id}`, { by: olga, method: 'DELETE' })
  assert.equal(
    (await saved(ann)).map(({ body }) => body),
    ['words'],
  )
  await ask(instance.app, pathOf(), { by: ann, method: 'DELETE' })
  await ask(instance.app, pathOf(), { by: ann, method: 'PATCH', json: { deleted: 'false' } })
  await save(ann, pathOf(), 'DELETE')
  assert.equal(await saved(ann), [])
  await isRefused('json', await ask(instance.app, '/saved'), 401, 'sign_in')
})

test('what is saved is listed page by page, also what was saved at one moment', async () => {
  const many = limits.listedSaved + 3
  const talk = await roomOf(instance.app, olga, `Room ${Math.random()}`)
  for (let n = 1; n <= many; n++) await say(instance.app, ann, talk, `message ${n}`)
  await instance.sql.query(
    `insert into saved (person_id, room_id, n, at)
     select $1, r.id, m.n, '2026-01-01T00:00:00.123456Z' from rooms r join messages m on m.room_id = r.id
      where r.slug = $2`,
    [ann.id, talk],
  )
  const page = (from: string) => jsonOf<SavedJson>(ask(instance.app, `/saved${from}`, { by: ann }))
  const first = await page('')
  const second = await page(`?before=${first.next}`)
  assert.equal(
    [...first.saved, ...second.saved].map(({ message }) => message.body),
    Array.from({ length: many }, (_, index) => `message ${many - index}`),
  )
  assert.is(second.next, null)
  for (const odd of ['1', 'x', '+275760-09-13T00:00:00.000Z', `${'9'.repeat(17)}.1.1`, '%00', '']) {
    const response = await ask(instance.app, `/saved?before=${odd}`, { by: ann })
    await isRefused('json', response, 422, 'invalid')
  }
})

test('of what one may save, what was deleted meanwhile takes no room', async () => {
  const keep = (n: number) =>
    ask(instance.app, `${pathOf({ ...said, n })}/saved`, { by: ann, method: 'PUT' })
  const gone = await say(instance.app, ann, room, 'soon gone')
  assert.is((await keep(gone.n)).status, 200)
  await ask(instance.app, pathOf(gone), { by: ann, method: 'DELETE' })
  // As many as may be, of messages whose room is none of this test's.
  await instance.sql.query(
    `with many as (
       insert into messages (room_id, n, author_id, author_name, author_color, author_kind, body)
       select 1, 100000 + i, $1, 'ann', '#000000', 'guest', 'words' from generate_series(1, $2) i returning n
     )
     insert into saved (person_id, room_id, n) select $1, 1, n from many`,
    [ann.id, limits.savedMessages - 1],
  )
  assert.is((await keep(said.n)).status, 200)
  assert.is((await keep(said.n)).status, 200, 'what is saved stays so')
  const other = await say(instance.app, ann, room, 'one too many')
  await isRefused('json', await keep(other.n), 409, 'conflict')
})

test.run()
