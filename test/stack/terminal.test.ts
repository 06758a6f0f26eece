import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, cookieOf, expectStatus, form, freshRoom, guest, word } from './client.ts'

const test = suite('a terminal, and programs')

const line = (text: string) =>
  new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d ${text.replace(/[.?*+]/g, '\\$&')}$`, 'm')

const text = { headers: { 'content-type': 'text/plain' }, method: 'POST' }

test('someone says who they are once, and writes by form, JSON and plain text', async () => {
  const room = await freshRoom(await guest())
  const joined = await ask('/me', { ...form({ name: 'ann' }), method: 'PATCH' })
  assert.is(joined.status, 200)
  assert.is(joined.text, 'ann\n')
  const cookie = cookieOf(joined)

  const messages = `/r/${room}/messages`
  const byForm = await ask(messages, { ...form({ body: 'Hello from a terminal' }), cookie })
  assert.is(byForm.status, 201)
  assert.match(byForm.text, line('ann: Hello from a terminal'))
  assert.is(byForm.headers.location, `/r/${room}/messages/1`)

  const byText = await ask(messages, { ...text, body: ' 12:00 up & running\n% +1\n', cookie })
  assert.is(byText.status, 201)

  const asJson = { accept: 'application/json', 'content-type': 'application/json' }
  const body = JSON.stringify({ body: 'and {"this"}' })
  const byJson = await ask(messages, { method: 'POST', headers: asJson, body, cookie })
  const message = expectStatus(byJson, 201)
  assert.is(message.n, 3)
  assert.is(message.room, room)
  assert.is(message.author.name, 'ann')
  assert.is(message.body, 'and {"this"}')
  assert.is(new Date(message.at).toISOString(), message.at)

  const read = (await ask(`/r/${room}`)).text
  assert.match(read, line('ann: Hello from a terminal'))
  assert.match(read, line('ann:  12:00 up & running\n    % +1'))
  assert.match(read, line('ann: and {"this"}'))
})

test('a room is read as text, and as JSON with a cursor to go on from', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann, `Reading ${word()}`)
  assert.match((await ask(`/r/${room}`)).text, /^# Reading \w+\n\(nothing has been said yet\)\n$/)
  await ann.say(room, 'one')
  const answer = await ask(`/r/${room}`, { headers: { accept: 'application/json' } })
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
  const page = expectStatus(answer, 200)
  assert.is(page.room.slug, room)
  assert.is(page.messages.length, 1)
  assert.equal([page.prev, page.next], [null, null])
  assert.match(page.live, /^[0-9A-Za-z._-]+$/)
  const one = await ask(`/r/${room}/messages/1`)
  assert.match(one.text, line('ann: one'))
})

test('the rooms are listed as text and as JSON', async () => {
  const room = await freshRoom(await guest())
  assert.match((await ask('/')).text, new RegExp(`^/r/${room}  `, 'm'))
  const listed = expectStatus(await ask('/', { headers: { accept: 'application/json' } }), 200)
  assert.ok(listed.rooms.some(({ slug }: { slug: string }) => slug === room))
  assert.is(listed.rooms[0].slug, 'lobby')
})

test('a stranger is a visitor: they read, and are told to say who they are before writing', async () => {
  const room = await freshRoom(await guest())
  assert.is((await ask('/me')).text, 'visitor\n')
  assert.is((await ask(`/r/${room}`)).status, 200)
  const refused = await ask(`/r/${room}/messages`, form({ body: 'hello' }))
  assert.is(refused.status, 401)
  assert.match(refused.text, /pick a name/)
  const headers = { accept: 'application/json' }
  const problem = await ask(`/r/${room}/messages`, form({ body: 'hello' }, headers))
  assert.is(JSON.parse(problem.text).code, 'sign_in')
})

test('a cookie that somebody made up is no identity', async () => {
  const ann = await guest('ann')
  const [name, value = ''] = ann.cookie.split('=')
  const [token] = value.split('.')
  for (const forged of [`${token}.x`, `${token}`, `x${value}`, '', '.', `${value}${value}`]) {
    assert.is((await ask('/me', { cookie: `${name}=${forged}` })).text, 'visitor\n', forged)
  }
  assert.is((await ask('/me', { cookie: ann.cookie })).text, 'ann\n')
})

test('another name stands on new messages, and old ones keep theirs', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  await ann.say(room, 'before')
  await ann.ask('/me', { ...form({ name: 'anna' }), method: 'PATCH' })
  await ann.say(room, 'after')
  const { text } = await ask(`/r/${room}`)
  assert.match(text, line('ann: before'))
  assert.match(text, line('anna: after'))
})

test('the process answers, and is ready', async () => {
  assert.equal([(await ask('/healthz')).status, (await ask('/healthz')).text], [200, 'ok\n'])
  assert.equal([(await ask('/readyz')).status, (await ask('/readyz')).text], [200, 'ready\n'])
})

test('HEAD is GET without the body', async () => {
  const room = await freshRoom(await guest())
  const paths = ['/', `/r/${room}`, `/r/${room}/messages`, '/me', '/healthz', '/natter.css']
  for (const path of paths) {
    for (const accept of ['*/*', 'text/html', 'application/json']) {
      const { status, text, headers } = await ask(path, { method: 'HEAD', headers: { accept } })
      assert.is(status, 200, path)
      assert.is(text, '', path)
      const type = (await ask(path, { headers: { accept } })).headers['content-type']
      assert.is(headers['content-type'], type, path)
    }
  }
  assert.is((await ask('/r/nowhere-at-all', { method: 'HEAD' })).status, 404)
})

test.run()
