import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import type { Instance } from './app.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('all that a person sees, by one wait', 30)
const { here, there } = startInstances(test, ['here', 'there'])

type Event = { type: string; room?: string; last?: number; messages?: number; mentions?: number }
type Answer = { events: (Event & { message?: { body: string } })[]; next: string; reset: boolean }

let ann: Someone
let bob: Someone
let open: string
let other: string

test.before(async () => {
  ann = await join(here.app, 'ann')
  bob = await join(here.app, 'bob')
})
test.before.each(async () => {
  // How far somebody has read is told as well, and is another test's affair.
  await Promise.all([here.reads.write(), there.reads.write()])
  open = await roomOf(here.app, ann, `Open ${Math.random()}`)
  other = await roomOf(here.app, ann, `Other ${Math.random()}`)
})
test.after.each(() => assert.equal([here.hub.held, there.hub.held], [0, 0]))

const live = async (room = open) =>
  (await jsonOf<PageJson>(ask(here.app, `/r/${room}/messages`, { by: ann }))).live

type Asking = { at?: Instance; by?: Someone; wait?: number; room?: string | null; more?: string }

function request(after: string | null, asking: Asking, accept: object = {}): Promise<Response> {
  const { at = here, by = ann, wait = 20, room = open, more = '' } = asking
  const parts = [room && `open=${room}`, after && `after=${after}`, `wait=${wait}`, more]
  return Promise.resolve(
    ask(at.app, `/me/events?${parts.filter(Boolean).join('&')}`, { by, ...accept }),
  )
}
const events = (after: string | null, asking: Asking = {}) => jsonOf<Answer>(request(after, asking))

const held = (count: number, at = here) => until(() => at.hub.held === count)
const heads = ({ events }: Answer) =>
  events.filter(({ type }) => type === 'room.head').map(({ room, last }) => [room, last])
const bodies = ({ events }: Answer) => events.flatMap(({ message }) => message?.body ?? [])

test('what is said in the open room is told as the room itself tells it', async () => {
  const waiting = events(await live())
  await held(1)
  await say(here.app, bob, open, 'hello')
  const told = await waiting
  assert.equal([bodies(told), heads(told), told.reset], [['hello'], [], false])
})

test('another room that moves is told by its head, at this instance and at another', async () => {
  const waiting = [events(await live()), events(await live(), { at: there, by: bob })]
  await Promise.all([held(1), held(1, there)])
  await say(here.app, bob, other, 'over here')
  for (const told of await Promise.all(waiting)) {
    assert.equal(told.events, [
      { type: 'room.head', room: other, last: 1, messages: 1, mentions: 0, by: bob.id },
    ])
  }
})

test('a head is told once, and whoever goes on from the cursor misses none', async () => {
  const first = events(await live())
  await held(1)
  await say(here.app, bob, other, 'one')
  const { next } = await first
  const nothing = await events(next, { wait: 1 })
  assert.equal([nothing.events, nothing.next], [[], next])
  // Between two waits, at any instance.
  await say(here.app, bob, other, 'two')
  await say(here.app, bob, open, 'three')
  for (const at of [here, there, here]) {
    let [cursor, seen, said] = [next, [] as unknown[], [] as string[]]
    while (seen.length === 0 || said.length === 0) {
      const told = await events(cursor, { at })
      seen = [...seen, ...heads(told)]
      said = [...said, ...bodies(told)]
      cursor = told.next
    }
    assert.equal([seen, said], [[[other, 2]], ['three']])
    assert.equal((await events(cursor, { at, wait: 0 })).events, [])
  }
})

test('a closed room is told of to its members alone', async () => {
  const closed = await jsonOf<{ room: { slug: string } }>(
    ask(here.app, '/rooms', {
      by: ann,
      json: { name: `C ${Math.random()}`, visibility: 'closed' },
    }),
  )
  const { slug } = closed.room
  const [mine, theirs] = [events(await live()), events(await live(), { by: bob })]
  await held(2)
  await say(here.app, ann, slug, 'a secret')
  assert.equal(heads(await mine), [[slug, 1]])
  await say(here.app, ann, other, 'no secret')
  assert.equal(heads(await theirs), [[other, 1]])
  const before = (await events(null, { by: bob, wait: 0 })).next
  await say(here.app, ann, slug, 'another')
  assert.equal((await events(before, { by: bob, wait: 0 })).events, [])
})

test('with no room open there are heads alone, and a visitor has those of open rooms', async () => {
  const { next } = await events(null, { room: null, wait: 0 })
  const [known, visitor] = [
    events(next, { room: null }),
    jsonOf<Answer>(ask(here.app, `/me/events?after=${next}&wait=20`)),
  ]
  await held(2)
  await say(here.app, bob, other, 'hello')
  for (const told of [await known, await visitor]) assert.equal(heads(told), [[other, 1]])
})

test('a fragment holds heads as templates, and goes on by its own poller', async () => {
  const waiting = request(await live(), {}, { form: 'fragment' })
  await held(1)
  await say(here.app, bob, other, 'hello')
  const response = await waiting
  const html = await response.text()
  assert.ok(
    html.includes(
      `<template class="head" data-room="${other}" data-last="1" data-messages="1" data-mentions="0" data-by="${bob.id}"></template>`,
    ),
    html,
  )
  const next = /hx-get="(\/me\/events\?open=[\w-]+&amp;after=[\w.-]+)&amp;wait=25"/.exec(html)?.[1]
  assert.is(response.headers.get('link'), `<${next?.replaceAll('&amp;', '&')}>; rel="next"`)
})

test('a cursor of another database is a reset with a page; one that is none is malformed', async () => {
  await say(here.app, bob, open, 'hello')
  const told = await events('00000000.7_10-10-')
  assert.is(told.reset, true)
  assert.equal(
    (told as unknown as PageJson).messages.map(({ body }) => body),
    ['hello'],
  )
  assert.equal((await events(told.next, { wait: 0 })).events, [])
  for (const bad of ['x', '0_', '0_1-2', '0_9-1-', '0_1-3-7', '0_1-3-1_']) {
    assert.is((await request(bad, { wait: 0 })).status, 400, bad)
  }
})

test('a room goes on from a cursor of both', async () => {
  const { next } = await events(await live(), { wait: 0 })
  await say(here.app, bob, open, 'hello')
  const told = await jsonOf<Answer>(ask(here.app, `/r/${open}/messages?after=${next}`))
  assert.equal(bodies(told), ['hello'])
})

test('a room that is not there is 404, and a newer wait of the same client ends the older', async () => {
  assert.is((await request('0', { room: 'nowhere' })).status, 404)
  const after = await live()
  const older = events(after, { more: 'client=tab' })
  await held(1)
  const newer = events(after, { more: 'client=tab' })
  const ended = await older
  assert.equal([ended.events, ended.next.split('_')[0]], [[], after])
  await say(here.app, bob, open, 'hello')
  assert.equal(bodies(await newer), ['hello'])
})

type Sent = { id: string | undefined; event: string; data: string }

/** A stream that is read until it has given so many events. */
async function stream(path: string, at: Instance, by: Someone, lastId?: string) {
  const gone = new AbortController()
  const headers = { accept: 'text/event-stream', ...(lastId ? { 'last-event-id': lastId } : {}) }
  const response = await ask(at.app, path, { by, headers, signal: gone.signal })
  assert.is(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const events: Sent[] = []
  const reading = (async () => {
    let text = ''
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(bytes).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      // Who is here is told as well, and is no event.
      events.push(...blocks.flatMap(eventIn).filter(({ event }) => event !== 'hint'))
    }
  })().catch(() => {})
  return {
    events,
    async end() {
      gone.abort()
      await reading
    },
  }
}

function eventIn(block: string): Sent[] {
  const fields = block.split('\n').map((line) => line.split(/: ?(.*)/s))
  const of = (name: string) => fields.filter(([one]) => one === name).map(([, value]) => value)
  const data = of('data')
  if (data.length === 0) return []
  return [{ id: of('id')[0], event: of('event')[0] ?? 'message', data: data.join('\n') }]
}

test('a stream tells changes and heads, and another instance goes on where it broke off', async () => {
  const path = `/me/events?open=${open}&after=${await live()}`
  const first = await stream(path, here, ann)
  await held(1)
  await say(here.app, bob, open, 'one')
  await say(here.app, bob, other, 'two')
  await until(() => first.events.length === 2)
  await first.end()
  assert.equal(
    first.events.map(({ event, data }) => [event, JSON.parse(data).type]),
    [
      ['message', 'message.posted'],
      ['room.head', 'room.head'],
    ],
  )
  await say(here.app, bob, open, 'three')
  await say(here.app, bob, other, 'four')
  const second = await stream(path, there, ann, first.events.at(-1)?.id)
  await until(() => second.events.length === 2)
  await second.end()
  const data = second.events.map((event) => JSON.parse(event.data))
  assert.equal(data.map(({ type, last, message }) => [type, last ?? message.body]).sort(), [
    ['message.posted', 'three'],
    ['room.head', 2],
  ])
  await until(() => here.hub.held + there.hub.held === 0)
})

test('a stream of fragments has no poller, and begins anew for a cursor of another database', async () => {
  await say(here.app, bob, open, 'before')
  const path = `/me/events?open=${open}&after=00000000.7&as=html`
  const reader = await stream(path, here, ann)
  await until(() => reader.events.length === 1)
  assert.is(reader.events[0]?.event, 'reset')
  assert.match(reader.events[0]?.data ?? '', /^<div id="talk"[\s\S]*before/)
  await held(1)
  await say(here.app, bob, open, 'after')
  await until(() => reader.events.length === 2)
  await reader.end()
  assert.match(reader.events[1]?.data ?? '', /^<hx-upsert hx-target="#messages"[\s\S]*after/)
  assert.not.match(reader.events[1]?.data ?? '', /poller/)
  await until(() => here.hub.held === 0)
})

test('with no room open a stream tells heads', async () => {
  const reader = await stream('/me/events', here, ann)
  await held(1)
  await say(here.app, bob, other, 'hello')
  await until(() => reader.events.length === 1)
  await reader.end()
  assert.is(JSON.parse(reader.events[0]?.data ?? '').room, other)
  await until(() => here.hub.held === 0)
})

test.run()
