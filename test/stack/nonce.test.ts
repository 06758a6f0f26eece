import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { expectStatus, freshRoom, guest, json, messagesOf, word } from './client.ts'

const test = suite('a post sent again')

test('the same nonce and text gets the first message back', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  const post = json({ body: 'once', nonce: word() })
  const first = expectStatus(await ann.ask(`/r/${room}/messages`, post), 201)
  const again = await ann.ask(`/r/${room}/messages`, post)
  assert.is(again.headers.location, `/r/${room}/messages/1`)
  assert.equal(expectStatus(again, 200), first)
  assert.is((await messagesOf(room)).length, 1)
})

test('many copies at once, wherever they arrive, are stored once', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  const post = json({ body: 'many', nonce: word() })
  const copies = Array.from({ length: 12 }, () => ann.ask(`/r/${room}/messages`, post))
  const answers = await Promise.all(copies)
  const statuses = answers.map(({ status }) => status).sort()
  assert.equal(statuses, [...Array(11).fill(200), 201])
  assert.equal(new Set(answers.map(({ text }) => JSON.parse(text).n)), new Set([1]))
  assert.is((await messagesOf(room)).length, 1)
})

test('the same nonce with another text is a conflict', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  const nonce = word()
  expectStatus(await ann.ask(`/r/${room}/messages`, json({ body: 'one', nonce })), 201)
  const refused = await ann.ask(`/r/${room}/messages`, json({ body: 'two', nonce }))
  assert.is(expectStatus(refused, 409).code, 'conflict')
  assert.equal(
    (await messagesOf(room)).map(({ body }) => body),
    ['one'],
  )
})

test('a nonce is one person’s, in one room', async () => {
  const [ann, ben] = [await guest('ann'), await guest('ben')]
  const [room, other] = [await freshRoom(ann), await freshRoom(ann)]
  const post = json({ body: 'the same', nonce: word() })
  for (const [who, where] of [
    [ann, room],
    [ben, room],
    [ann, other],
  ] as const) {
    assert.is((await who.ask(`/r/${where}/messages`, post)).status, 201)
  }
  assert.not.match(JSON.stringify(await messagesOf(room)), 'nonce')
})

test('the same text without a nonce is another message', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  assert.equal([await ann.say(room, 'yes'), await ann.say(room, 'yes')], [1, 2])
})

test.run()
