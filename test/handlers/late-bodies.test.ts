import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { latch } from '../until.ts'
import { ask, type Form, join, roomOf, type Someone, say } from './ask.ts'
import { rowsOf } from './members.ts'
import { startInstances } from './scene.ts'

const test = suite('a body that comes late')
const { database, instance } = startInstances(test, ['instance'])

let ann: Someone
let ben: Someone
let room: string

test.before(async () => {
  ann = await join(instance.app, 'ann')
  ben = await join(instance.app, 'ben')
  for (const by of [ann, ben]) await say(instance.app, by, 'lobby', 'hello')
})
test.before.each(async () => {
  room = await roomOf(instance.app, ann, `Closed ${Math.random()}`, 'closed')
  await say(instance.app, ann, room, 'a secret')
  await act('PUT', 'members', { role: 'moderator' })
})

async function act(method: string, where: 'members' | 'bans', json: object = {}): Promise<void> {
  const done = await ask(instance.app, `/r/${room}/${where}/${ben.id}`, { by: ann, method, json })
  assert.is(done.status, 200, await done.text())
}

/** A request of ben's, who is let in, and whose body comes when something else has been done. */
async function late(path: string, form: Form, text: string, meanwhile: () => Promise<void>) {
  const reading = latch()
  const done = latch()
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reading.open()
        await done.opened
        controller.enqueue(new TextEncoder().encode(text))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const type = form === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const asked = { by: ben, form, method: 'POST', raw: body, headers: { 'content-type': type } }
  const answering = ask(instance.app, path, asked)
  await reading.opened
  await meanwhile()
  done.open()
  return answering
}

const linksOf = () =>
  rowsOf(
    database.env,
    'select l.id from links l join rooms r on r.id = l.room_id where r.slug = $1',
    [room],
  )

test('makes the link that a moderator asked for', async () => {
  const made = await late(`/r/${room}/links`, 'json', '{}', async () => {})
  assert.is(made.status, 201)
  assert.is((await linksOf()).length, 1)
})

const losses = [
  ['removed', 404, () => act('DELETE', 'members')],
  ['banned', 404, () => act('PUT', 'bans')],
  ['no moderator any more', 403, () => act('PUT', 'members', { role: 'member' })],
] as const

for (const [title, status, lose] of losses) {
  test(`makes no link for who is ${title} when it comes`, async () => {
    const made = await late(`/r/${room}/links`, 'json', '{}', lose)
    assert.is(made.status, status)
    assert.equal(await linksOf(), [])
  })
}

for (const form of ['json', 'fragment', 'page', 'text'] as const) {
  test(`is not posted for who is removed when it comes, and shows nothing of the room: ${form}`, async () => {
    const text = form === 'json' ? '{"body":"too late"}' : 'body=too+late'
    const lose = () => act('DELETE', 'members')
    const posted = await late(`/r/${room}/messages`, form, text, lose)
    assert.is(posted.status, 404)
    assert.not.match(await posted.text(), 'a secret')
  })
}

test.run()
