import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { startInstance } from './app.ts'
import {
  ask,
  type ChangesJson,
  type Form,
  forms,
  join,
  jsonOf,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isIn } from './expect.ts'
import { startInstances } from './scene.ts'

const test = suite('waiting')
const { database, here, there } = startInstances(test, ['here', 'there'])

let ann: Someone
let room: string

test.before(async () => {
  ann = await join(here.app, 'ann')
})
test.before.each(async () => {
  room = await roomOf(here.app, ann, `Waiting ${Math.random()}`)
})
test.after.each(() => assert.equal([here.hub.held, there.hub.held], [0, 0]))

const live = async () =>
  (await jsonOf<PageJson>(ask(here.app, `/r/${room}/messages`, { by: ann }))).live

const wait = (after: string, form: Form = 'json', at = here, seconds = 25) =>
  ask(at.app, `/r/${room}/messages?after=${after}&wait=${seconds}`, { form })

const held = (count: number, at = here) => until(() => at.hub.held === count)

test('a wait that ends with nothing is 200, an empty list and the same cursor, in every form', async () => {
  await say(here.app, ann, room, 'hello')
  const after = await live()
  const answers = await Promise.all(forms.map((form) => wait(after, form, here, 1)))
  for (const [index, response] of answers.entries()) {
    assert.is(response.status, 200)
    const link = `</r/${room}/messages?after=${after}>; rel="next"`
    assert.is(response.headers.get('link'), link)
    const body = await response.text()
    if (forms[index] === 'json') {
      assert.equal(JSON.parse(body), { events: [], next: after, more: false, reset: false })
    } else if (forms[index] === 'text') {
      assert.is(body, '')
    } else {
      assert.match(body, new RegExp(`hx-get="/r/${room}/messages\\?after=${after}&amp;wait=25"`))
      assert.not.match(body, /<li id="m/)
    }
  }
})

for (const form of forms) {
  test(`a wait is answered when somebody posts through another instance, as ${form}`, async () => {
    const waiting = wait(await live(), form, there)
    await held(1, there)
    await say(here.app, ann, room, 'from over here')
    const response = await waiting
    const body = await isIn(form, response)
    assert.ok(body.includes('from over here'))
    assert.ok(response.headers.get('link')?.includes(`after=${await live()}>`))
  })
}

test('a wait that meets something new is not held', async () => {
  const after = await live()
  await say(here.app, ann, room, 'hello')
  const changes = await jsonOf<ChangesJson>(wait(after))
  assert.equal(
    changes.events.map((event) => event.message.body),
    ['hello'],
  )
})

test('after=0 is from the beginning, in a room where nothing was said as well', async () => {
  const waiting = wait('0')
  await held(1)
  await say(here.app, ann, room, 'first')
  const changes = await jsonOf<ChangesJson>(waiting)
  assert.equal(
    changes.events.map((event) => [event.seq, event.type, event.by, event.message.body]),
    [[1, 'message.posted', ann.id, 'first']],
  )
  assert.equal(await jsonOf(wait('0')), changes)
})

test('a client that goes away leaves no wait behind', async () => {
  const client = new AbortController()
  const after = await live()
  const waiting = Promise.all(
    [1, 2, 3].map(() =>
      ask(here.app, `/r/${room}/messages?after=${after}&wait=25`, { signal: client.signal }),
    ),
  )
  await held(3)
  client.abort()
  await waiting
  assert.is(here.hub.held, 0)
})

test('a stopping instance answers with the same cursor, and another goes on from it', async () => {
  const leaving = await startInstance(database.env)
  const after = await live()
  const waiting = wait(after, 'json', leaving)
  await held(1, leaving)
  await leaving.stop()
  const answer = await jsonOf<ChangesJson>(waiting)
  assert.equal(answer, { events: [], next: after, more: false, reset: false })
  await say(here.app, ann, room, 'meanwhile')
  const changes = await jsonOf<ChangesJson>(wait(answer.next, 'json', there))
  assert.equal(
    changes.events.map((event) => event.message.body),
    ['meanwhile'],
  )
})

test('all who wait for the same get the same fragment', async () => {
  const after = await live()
  const waiting = Array.from({ length: 20 }, (_, index) =>
    wait(after, 'fragment', index % 2 === 0 ? here : there),
  )
  await Promise.all([held(10, here), held(10, there)])
  await say(here.app, ann, room, 'to all of you')
  const bodies = await Promise.all(waiting.map(async (response) => (await response).text()))
  assert.is(new Set(bodies).size, 1)
})

test('the frame of a browser without JavaScript waits as well', async () => {
  const waiting = ask(there.app, `/r/${room}/frame?after=${await live()}&wait=25`, { form: 'page' })
  await held(1, there)
  await say(here.app, ann, room, 'into the frame')
  const body = await (await waiting).text()
  assert.ok(body.includes('into the frame'))
  assert.ok(body.includes(`/r/${room}/frame?after=${await live()}&amp;wait=25`))
})

test('a lost cursor is answered at once in a frame as well', async () => {
  const response = await ask(here.app, `/r/${room}/frame?after=00000000.9&wait=25`)
  assert.ok((await response.text()).includes(`after=${await live()}`))
})

test('waiting in a closed room is for its members alone', async () => {
  const closed = await roomOf(here.app, ann, 'Closed', 'closed')
  const path = `/r/${closed}/messages?after=0&wait=25`
  assert.is((await ask(here.app, path)).status, 404)
  const waiting = ask(there.app, path, { by: ann })
  await held(1, there)
  await say(here.app, ann, closed, 'among us')
  assert.is((await jsonOf<ChangesJson>(waiting)).events.length, 1)
})

test.run()
