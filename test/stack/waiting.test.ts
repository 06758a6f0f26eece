import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, expectStatus, freshRoom, guest, type MessageJson, messagesOf } from './client.ts'

const test = suite('waiting')

const headers = { accept: 'application/json' }
const wait_s = 25

type Event = { seq: number; type: string; message: MessageJson }

const live = async (room: string): Promise<string> =>
  expectStatus(await ask(`/r/${room}/messages`, { headers }), 200).live

/** One wait, on a connection of its own. */
const wait = async (room: string, cursor: string) =>
  expectStatus(await ask(`/r/${room}/messages?after=${cursor}&wait=${wait_s}`, { headers }), 200)

/** Waits again and again until a reader has as many events; what it then has. */
async function readUntil(room: string, cursor: string, count: number): Promise<Event[]> {
  const events: Event[] = []
  for (let from = cursor; events.length < count; ) {
    const answer = await wait(room, from)
    events.push(...answer.events)
    from = answer.next
  }
  return events
}

test('a wait is answered when somebody else writes', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  const cursor = await live(room)
  const waiting = wait(room, cursor)
  const n = await ann.say(room, 'are you there?')
  const { events, next, more, reset } = await waiting
  assert.equal(
    events.map(({ type, message }: Event) => [type, message.n, message.body]),
    [['message.posted', n, 'are you there?']],
  )
  assert.is.not(next, cursor)
  assert.equal([more, reset], [false, false])
})

test('ten people write on ten connections while ten others wait: each gets all, once, in order', async () => {
  const [writers, each] = [10, 5]
  const room = await freshRoom(await guest())
  const cursor = await live(room)
  const people = await Promise.all(Array.from({ length: writers }, (_, who) => guest(`w${who}`)))
  const readers = people.map(() => readUntil(room, cursor, writers * each))
  await Promise.all(
    people.map(async (person) => {
      for (let text = 1; text <= each; text++) await person.say(room, `${person.name} ${text}`)
    }),
  )
  const stored = await messagesOf(room)
  assert.equal(
    stored.map(({ n }) => n),
    Array.from({ length: writers * each }, (_, index) => index + 1),
  )
  for (const events of await Promise.all(readers)) {
    assert.equal(
      events.map(({ message }) => message),
      stored,
    )
  }
  for (const { name } of people) {
    const own = stored.filter(({ author }) => author.name === name).map(({ body }) => body)
    assert.equal(
      own,
      [1, 2, 3, 4, 5].map((text) => `${name} ${text}`),
    )
  }
})

test('whoever begins at the beginning gets all, page by page', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  for (let n = 1; n <= 7; n++) await ann.say(room, `${n}`)
  const read: number[] = []
  let [cursor, more] = ['0', true]
  while (more) {
    const path = `/r/${room}/messages?after=${cursor}&limit=3`
    const answer = expectStatus(await ask(path, { headers }), 200)
    read.push(...answer.events.map(({ message }: Event) => message.n))
    cursor = answer.next
    more = answer.more
  }
  assert.equal(read, [1, 2, 3, 4, 5, 6, 7])
})

test('a wait that ends with nothing is an empty answer with the same cursor', async () => {
  const room = await freshRoom(await guest())
  const cursor = await live(room)
  const path = `/r/${room}/messages?after=${cursor}&wait=1`
  const answer = await ask(path, { headers })
  assert.equal(expectStatus(answer, 200), { events: [], next: cursor, more: false, reset: false })
  assert.is(answer.headers.link, `</r/${room}/messages?after=${cursor}>; rel="next"`)
  const text = await ask(path)
  assert.equal([text.status, text.text], [200, ''])
  const fragment = await ask(path, { headers: { accept: 'text/html', 'hx-request': 'true' } })
  assert.is(fragment.status, 200)
  assert.match(fragment.text, `after=${cursor}`)
})

test('what is said between two waits is in the second', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  const first = wait(room, await live(room))
  await ann.say(room, 'one')
  const { next } = await first
  await ann.say(room, 'two')
  await ann.say(room, 'three')
  const events = await readUntil(room, next, 2)
  assert.equal(
    events.map(({ message }) => message.body),
    ['two', 'three'],
  )
})

test('the next cursor stands in the Link header of every form', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  await ann.say(room, 'one')
  const forms = [headers, { accept: '*/*' }, { accept: 'text/html', 'hx-request': 'true' }]
  for (const asked of forms) {
    for (const path of [`/r/${room}/messages`, `/r/${room}/messages?after=0`]) {
      const { link } = (await ask(path, { headers: asked })).headers
      const next = /^<(.*)>; rel="next"$/.exec(String(link))?.[1] ?? ''
      const waiting = ask(`${next}&wait=${wait_s}`, { headers })
      const n = await ann.say(room, 'and on')
      const { events } = expectStatus(await waiting, 200)
      assert.equal(
        events.map(({ message }: Event) => message.n),
        [n],
      )
    }
  }
})

test('readers that hang up disturb nobody', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  const cursor = await live(room)
  const path = `/r/${room}/messages?after=${cursor}&wait=${wait_s}`
  const leaving = Array.from({ length: 20 }, () => new AbortController())
  const left = leaving.map(({ signal }) => ask(path, { headers, signal }))
  const staying = Array.from({ length: 5 }, () => wait(room, cursor))
  const gone = Promise.allSettled(left)
  for (const reader of leaving) reader.abort()
  for (const { status } of await gone) assert.is(status, 'rejected')
  await ann.say(room, 'still here?')
  for (const { events } of await Promise.all(staying)) {
    assert.equal(
      events.map(({ message }: Event) => message.body),
      ['still here?'],
    )
  }
})

test('rooms do not hear each other', async () => {
  const ann = await guest('ann')
  const [room, other] = [await freshRoom(ann), await freshRoom(ann)]
  const waiting = wait(room, await live(room))
  await ann.say(other, 'elsewhere')
  await ann.say(room, 'here')
  const { events } = await waiting
  assert.equal(
    events.map(({ message }: Event) => message.body),
    ['here'],
  )
})

for (const what of ['of another database', 'past the end']) {
  test(`a cursor ${what} is a reset, with the newest page`, async () => {
    const ann = await guest('ann')
    const room = await freshRoom(ann)
    await ann.say(room, 'one')
    const [epoch] = (await live(room)).split('.')
    const cursor = what === 'past the end' ? `${epoch}.999` : '00000000.1'
    const path = `/r/${room}/messages?after=${cursor}&wait=${wait_s}`
    const answer = expectStatus(await ask(path, { headers }), 200)
    assert.is(answer.reset, true)
    assert.equal(
      answer.messages.map(({ body }: MessageJson) => body),
      ['one'],
    )
    const fragment = await ask(path, { headers: { accept: 'text/html', 'hx-request': 'true' } })
    assert.is(fragment.headers['hx-retarget'], '#talk')
    assert.match(fragment.text, /id="talk"/)
    const waiting = wait(room, answer.next)
    await ann.say(room, 'and on')
    assert.is((await waiting).events.length, 1)
  })
}

test.run()
