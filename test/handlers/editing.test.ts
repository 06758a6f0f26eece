/** Messages in other words, deleted, and brought back. */
import * as assert from 'uvu/assert'
import { emptyDeleted } from '../../handlers/chat/retention.ts'
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
import { run, startInstances } from './scene.ts'

const test = suite('changing what was said')
const { database, instance } = startInstances(test, ['instance'])

let olga: Someone
let ann: Someone
let room: string
let said: MessageJson

test.before.each(async () => {
  const { app } = instance
  ;[olga, ann] = [await join(app, 'olga'), await join(app, 'ann')]
  room = await roomOf(app, olga, `Room ${Math.random()}`)
  said = await say(app, ann, room, 'first words')
})

const pathOf = ({ n }: MessageJson = said) => `/r/${room}/messages/${n}`

const edit = (by: Someone, body: string, version?: number) =>
  ask(instance.app, pathOf(), {
    by,
    method: 'PATCH',
    json: { body },
    ...(version === undefined ? {} : { headers: { 'if-match': `"${version}"` } }),
  })
const remove = (by: Someone) => ask(instance.app, pathOf(), { by, method: 'DELETE' })
const restore = (by: Someone) =>
  ask(instance.app, pathOf(), { by, method: 'PATCH', json: { deleted: 'false' } })
const shown = () => jsonOf<MessageJson>(ask(instance.app, pathOf()))
const status = async (answer: Promise<Response>) => (await answer).status

/** The types of the events since the message was said. */
async function events(): Promise<string[]> {
  const path = `/r/${room}/messages?after=0&limit=200`
  const changes = await jsonOf<ChangesJson>(ask(instance.app, path))
  return changes.events.map(({ type }) => type).filter((type) => type !== 'message.posted')
}

test('an author puts their message in other words, and readers are told', async () => {
  const { live } = await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages`))
  const edited = await jsonOf<MessageJson>(edit(ann, 'better words'))
  assert.is(edited.body, 'better words')
  assert.is(edited.version, 2)
  assert.ok(edited.edited_at)
  assert.equal(await shown(), edited)
  const told = ask(instance.app, `/r/${room}/messages?after=${live}`)
  const [event] = (await jsonOf<ChangesJson>(told)).events
  assert.is(event?.type, 'message.edited')
  assert.equal(event?.message, edited)
})

test('the same words again are no change', async () => {
  assert.is((await jsonOf<MessageJson>(edit(ann, 'first words'))).version, 1)
  assert.equal(await events(), [])
})

test('nobody else edits it, whatever they are in the room', async () => {
  await isRefused('json', await edit(olga, 'mine'), 403, 'not_allowed')
  await isRefused('json', await edit(await join(instance.app, 'ben'), 'mine'), 403, 'not_allowed')
  assert.is((await shown()).body, 'first words')
})

test('of two edits of the same version one is a conflict, and overwrites nothing', async () => {
  const answers = await Promise.all([edit(ann, 'one way', 1), edit(ann, 'another', 1)])
  assert.equal(answers.map((answer) => answer.status).sort(), [200, 409])
  const won = answers.find((answer) => answer.status === 200) as Response
  assert.is((await shown()).body, (await jsonOf<MessageJson>(won)).body)
})

test('a form that is refused shows the message as it is, and holds what was typed', async () => {
  await edit(ann, 'from the other device')
  const fields = { _method: 'PATCH', version: '1', body: 'typed <here>' }
  const answer = await ask(instance.app, pathOf(), { by: ann, form: 'page', fields })
  assert.is(answer.status, 409)
  const page = await answer.text()
  assert.match(page, 'from the other device')
  assert.match(page, 'typed &lt;here&gt;')
  assert.match(page, /name="version" value="2"/)
})

test('nothing is no message', async () => {
  await isRefused('json', await edit(ann, '  '), 422, 'invalid')
  await isRefused('json', await edit(ann, 'x'.repeat(limits.messageChars + 1)), 413, 'too_large')
})

test('who is muted, or reads an archived room, edits nothing', async () => {
  const put = { by: olga, method: 'PUT', json: { muted_for: '600' } }
  assert.is(await status(ask(instance.app, `/r/${room}/members/${ann.id}`, put)), 200)
  await isRefused('json', await edit(ann, 'louder'), 403, 'not_allowed')
  const archive = { by: olga, method: 'PATCH', json: { archived: 'true' } }
  assert.is(await status(ask(instance.app, `/r/${room}`, archive)), 200)
  await isRefused('json', await edit(ann, 'later'), 403, 'not_allowed')
})

type Versions = { versions: { version: number; body: string }[] }

test('what it said before is for its author and the moderators, and nobody’s when it is deleted', async () => {
  await edit(ann, 'second')
  await edit(ann, 'third')
  const look = (by: Someone) => ask(instance.app, `${pathOf()}/edits`, { by })
  for (const by of [ann, olga]) {
    const { versions } = await jsonOf<Versions>(look(by))
    assert.equal(
      versions.map(({ version, body }) => [version, body]),
      [
        [3, 'third'],
        [2, 'second'],
        [1, 'first words'],
      ],
    )
  }
  await isRefused('json', await look(await join(instance.app, 'ben')), 403, 'not_allowed')
  await remove(ann)
  for (const by of [ann, olga]) await isRefused('json', await look(by), 404, 'not_found')
})

test('whoever deleted it brings it back, for a while', async () => {
  const before = await shown()
  assert.is(await status(remove(olga)), 200)
  assert.is((await shown()).body, '')
  await isRefused('json', await restore(ann), 403, 'not_allowed')
  const back = await jsonOf<MessageJson>(restore(olga))
  assert.equal({ ...back, version: 1 }, before)
  assert.equal(await events(), ['message.deleted', 'message.restored'])
  await remove(olga)
  await run(
    database,
    `update messages set deleted_at = deleted_at - $1 * interval '1 second' where n = $2
      and room_id = (select id from rooms where slug = $3)`,
    [limits.undoSeconds, said.n, room],
  )
  await isRefused('json', await restore(olga), 409, 'conflict')
})

test('what its author deleted and a moderator deletes as well is not the author’s to bring back', async () => {
  await remove(ann)
  assert.is(await status(remove(olga)), 200)
  await isRefused('json', await restore(ann), 403, 'not_allowed')
  assert.is((await jsonOf<MessageJson>(restore(olga))).body, 'first words')
})

test('what was deleted is gone for good after a while, with all that it said before', async () => {
  await edit(ann, 'second')
  await ask(instance.app, `${pathOf()}/reactions`, { by: olga, json: { emoji: '👍' } })
  const left = () =>
    run<{ body: string; edits: string; reactions: string }>(
      database,
      `select m.body, (select count(*) from edits e where e.room_id = r.id) as edits,
              (select count(*) from reactions e where e.room_id = r.id) as reactions
         from rooms r join messages m on m.room_id = r.id and m.n = $2 where r.slug = $1`,
      [room, said.n],
    )
  await remove(ann)
  await emptyDeleted(instance.sql)
  assert.equal(await left(), [{ body: 'second', edits: '1', reactions: '1' }])
  await run(
    database,
    `update messages set deleted_at = deleted_at - $1 * interval '1 second' where deleted_at is not null`,
    [limits.emptiedSeconds],
  )
  assert.ok((await emptyDeleted(instance.sql)) > 0)
  assert.equal(await left(), [{ body: '', edits: '0', reactions: '0' }])
  assert.is(await emptyDeleted(instance.sql), 0)
})

test('older versions than so many are not kept', async () => {
  const values = [limits.keptEdits, room]
  await run(
    database,
    `update messages set version = $1 + 5 where room_id = (select id from rooms where slug = $2)`,
    values,
  )
  await run(
    database,
    `insert into edits (room_id, n, version, body, at)
     select r.id, m.n, v, 'version ' || v, now() from generate_series(1, $1 + 4) v, rooms r
       join messages m on m.room_id = r.id where r.slug = $2`,
    values,
  )
  await edit(ann, 'the newest')
  const { versions } = await jsonOf<Versions>(ask(instance.app, `${pathOf()}/edits`, { by: ann }))
  assert.is(versions.length, limits.keptEdits + 1)
  assert.is(versions.at(-1)?.version, 6)
})

test.run()
