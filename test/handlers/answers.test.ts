/** Answers, what they quote, their threads, and whom a text names. */
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import {
  ask,
  join,
  jsonOf,
  type MessageJson,
  type PageJson,
  roomOf,
  type Someone,
  say,
} from './ask.ts'
import { isRefused } from './expect.ts'
import { come, linkTo, run, startInstances } from './scene.ts'

const test = suite('answers and names')
const { database, instance } = startInstances(test, ['instance'])

let olga: Someone
let ann: Someone
let room: string

test.before.each(async () => {
  const { app } = instance
  ;[olga, ann] = [await join(app, 'olga'), await join(app, 'Ann Archer')]
  room = await roomOf(app, olga, `Room ${Math.random()}`)
  await say(app, ann, room, 'hello')
})

const answer = (by: Someone, body: string, { n }: { n: number }) =>
  jsonOf<MessageJson & { thread: number }>(
    ask(instance.app, `/r/${room}/messages`, { by, json: { body, reply_to: n } }),
  )
const html = async (path = `/r/${room}/messages`) =>
  (await ask(instance.app, path, { form: 'fragment' })).text()
const quoteIn = (page: string, n: number) =>
  new RegExp(`class="quote q${n}">(.*?)</a>`).exec(page)?.[1]?.replace(/<\/?b>/g, '')

test('an answer quotes the beginning of what it answers, as it is now', async () => {
  const first = await say(instance.app, ann, room, `first <line>\nsecond ${'x'.repeat(300)}`)
  await answer(olga, 'indeed', first)
  const quote = quoteIn(await html(), first.n) ?? ''
  assert.ok(quote.startsWith('Ann Archer first &lt;line&gt; second xxx'), quote)
  assert.ok(quote.length < 250)
  const path = `/r/${room}/messages/${first.n}`
  await ask(instance.app, path, { by: ann, method: 'PATCH', json: { body: 'otherwise' } })
  assert.is(quoteIn(await html(), first.n), 'Ann Archer otherwise')
  await ask(instance.app, path, { by: ann, method: 'DELETE' })
  assert.is(quoteIn(await html(), first.n), 'Ann Archer This message was deleted.')
})

test('who sees what is said from now on is quoted nothing older, and told of no thread of it', async () => {
  const closed = await roomOf(instance.app, olga, `Room ${Math.random()}`, 'closed')
  room = closed
  const old = await say(instance.app, olga, closed, 'old secret')
  const late = await join(instance.app, 'late')
  await come(instance.app, late, await linkTo(instance.app, olga, closed, { history: 'from_now' }))
  const first = await answer(olga, 'about that', old)
  const second = await answer(olga, 'and more', first)
  const page = await ask(instance.app, `/r/${closed}/messages`, { by: late })
  const { messages } = await jsonOf<PageJson>(page)
  assert.not.match(JSON.stringify(messages), 'old secret')
  const shown = messages.map(({ n, reply_to, ...more }) => [
    n,
    reply_to,
    'thread' in more && more.thread,
  ])
  assert.equal(shown, [
    [first.n, null, null],
    [second.n, first.n, null],
  ])
  const path = `/r/${closed}/messages/${first.n}`
  const acts: [path: string, method: string, json?: object][] = [
    [`${path}/reactions/%F0%9F%91%8D`, 'PUT'],
    [`${path}/reactions`, 'POST', { emoji: '👍' }],
    [path, 'PATCH', { deleted: 'false' }],
    [`${path}/pin`, 'PUT'],
    [`${path}/saved`, 'PUT'],
  ]
  for (const [to, method, json] of acts) {
    const asked = { by: late, method, form: 'fragment', ...(json ? { json } : {}) } as const
    const answer = await ask(instance.app, to, asked)
    assert.is(answer.status, 200, to)
    const told = await answer.text()
    assert.match(told, 'about that')
    assert.not.match(told, 'old secret', `${method} ${to}`)
  }
  const asModerator = { by: olga, method: 'PUT', json: { role: 'moderator' } }
  await ask(instance.app, `/r/${closed}/members/${late.id}`, asModerator)
  await ask(instance.app, `${path}/reports`, { by: late, json: { reason: 'look' } })
  const reports = await ask(instance.app, `/r/${closed}/reports`, { by: late, form: 'fragment' })
  const listed = await reports.text()
  assert.match(listed, 'about that')
  assert.not.match(listed, 'old secret')
  const thread = await ask(instance.app, `/r/${closed}/messages/${second.n}/thread`, { by: late })
  assert.not.match(await thread.text(), 'old secret')
})

test('a thread is a message and all that answers it, and what answers that', async () => {
  const first = await say(instance.app, ann, room, 'question')
  const second = await answer(olga, 'answer', first)
  await say(instance.app, ann, room, 'something else')
  const third = await answer(ann, 'and to that', second)
  for (const { n } of [first, second, third]) {
    const page = await jsonOf<PageJson & { thread: number }>(
      ask(instance.app, `/r/${room}/messages/${n}/thread`),
    )
    assert.is(page.thread, first.n)
    assert.equal(
      page.messages.map(({ body }) => body),
      ['question', 'answer', 'and to that'],
    )
  }
  assert.is(third.thread, first.n)
  const page = await (
    await ask(instance.app, `/r/${room}/messages/${third.n}/thread`, { form: 'fragment', by: ann })
  ).text()
  assert.match(page, `name="reply_to" value="${first.n}"`)
  const missing = await ask(instance.app, `/r/${room}/messages/9999/thread`)
  await isRefused('json', missing, 404, 'not_found')
})

const mentions = async (body: string, by = olga) => {
  const said = (await say(instance.app, by, room, body)) as MessageJson & {
    mentions: { id: string; name: string }[]
  }
  return said.mentions.map(({ name }) => name)
}

test('a text names people who are in the room, whatever stands behind their name', async () => {
  for (const body of [
    '@Ann Archer',
    'hi @ann archer, look',
    '(@Ann Archer)',
    '@Ann Archer.\nnext',
  ]) {
    assert.equal(await mentions(body), ['Ann Archer'], body)
  }
  const bodies = ['@Ann', 'mail@Ann Archer', 'Ann Archer', '@nobody', '@@Ann Archer']
  for (const body of bodies) assert.equal(await mentions(body), [], body)
})

test('of two people of one name each is called', async () => {
  const other = await join(instance.app, 'Ann Archer')
  await say(instance.app, other, room, 'hello')
  assert.equal(await mentions('@Ann Archer'), ['Ann Archer', 'Ann Archer'])
  assert.match(await html(), `data-person="${ann.id} ${other.id}"`)
})

test('of a crowd of one name a few are called, and a text that calls them again and again stays small', async () => {
  const crowd = await Promise.all(Array.from({ length: 30 }, () => join(instance.app, 'same')))
  for (const one of crowd) await say(instance.app, one, room, 'hello')
  assert.is((await mentions('@same')).length, limits.namesakes)
  const body = Array.from({ length: 1500 }, () => '@same').join(' ')
  const said = (await say(instance.app, olga, room, body)) as MessageJson & { html: string }
  assert.is(said.html.split('data-person').length - 1, limits.namedCandidates)
  assert.ok(said.html.length < 40_000)
})

test('of two names that begin alike the longer one is meant', async () => {
  await say(instance.app, await join(instance.app, 'Ann'), room, 'hello')
  assert.equal(await mentions('@Ann Archer and not the other'), ['Ann Archer'])
  assert.equal(await mentions('@Ann, archer'), ['Ann'])
})

test('a name that is cut in the middle of a character is no fault of ours, in a message and in an edit', async () => {
  const body = `@${'a'.repeat(limits.nameChars * 2 - 1)}😀 and more`
  const message = await say(instance.app, olga, room, body)
  assert.is(message.body, body)
  const path = `/r/${room}/messages/${message.n}`
  const edited = ask(instance.app, path, { by: olga, method: 'PATCH', json: { body: `${body}!` } })
  assert.is((await jsonOf<MessageJson>(edited)).body, `${body}!`)
})

test('nobody is named who is not in the room', async () => {
  const away = await join(instance.app, 'away')
  assert.equal(await mentions('@away come'), [])
  await say(instance.app, away, room, 'here')
  assert.equal(await mentions('@away come'), ['away'])
})

test('who is named is kept by person, follows an edit, and everybody is one of them', async () => {
  const named = () =>
    run<{ person_id: string; n: string }>(
      database,
      `select person_id, n from mentions where room_id = (select id from rooms where slug = $1)
        order by n, person_id`,
      [room],
    )
  const said = await say(instance.app, olga, room, '@room and @Ann Archer')
  const n = String(said.n)
  assert.equal(await named(), [
    { person_id: '0', n },
    { person_id: ann.id, n },
  ])
  const path = `/r/${room}/messages/${said.n}`
  await ask(instance.app, path, { by: olga, method: 'PATCH', json: { body: '@Ann Archer, @olga' } })
  assert.equal((await named()).map(({ person_id }) => person_id).sort(), [ann.id, olga.id].sort())
})

test('a text that names a thousand is taken, and costs no more than so many looks', async () => {
  const body = Array.from({ length: 900 }, (_, i) => `@n${i} x`).join(' ')
  assert.equal(await mentions(`${body}`), [])
})

test.run()
