import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { type Answer, ask, cookieOf, form, freshRoom, guest, messagesOf, word } from './client.ts'

const test = suite('pages and forms')

/** What a browser says that it takes. */
const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

const page = (path: string, cookie = '') => ask(path, { headers: html, cookie })

/** The shell, with something in it. */
function isPage(answer: Answer, title: string): void {
  assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
  assert.match(answer.text, /^<!doctype html>/i)
  assert.match(answer.text, '/vendor/htmx.min.js')
  assert.match(answer.text, `<title>${title} · Natter</title>`)
  assert.not.match(answer.text, 'id="away"')
}

test('the rooms, a room and who I am are pages for a browser', async () => {
  const ann = await guest('ann')
  const name = `Pages ${word()}`
  const room = await freshRoom(ann, name)
  await ann.say(room, 'said in here')
  isPage(await page('/'), 'Rooms')
  isPage(await page('/r/lobby'), 'Lobby')
  isPage(await page('/me'), 'You')
  isPage(await page('/passkeys'), 'Sign in')
  for (const path of [`/r/${room}`, `/r/${room}/messages/1`]) {
    const answer = await page(path, ann.cookie)
    isPage(answer, name)
    assert.match(answer.text, 'said in here')
    assert.match(answer.text, `data-me="${ann.id}"`)
  }
})

test('the same page as a fragment is the part without the shell', async () => {
  const fragment = await ask('/r/lobby', { headers: { ...html, 'hx-request': 'true' } })
  assert.not.match(fragment.text, /<!doctype/i)
  assert.match(fragment.text, 'class="app"')
  assert.match(fragment.headers.vary ?? '', /accept.*hx-request/i)
  assert.is(fragment.headers['cache-control'], 'private, no-store')
})

test('a page with a person’s content in it is kept by nobody', async () => {
  const ann = await guest('ann')
  for (const path of ['/', '/r/lobby', '/me']) {
    const { headers } = await page(path, ann.cookie)
    assert.is(headers['cache-control'], 'private, no-store', path)
    assert.match(headers.vary ?? '', /accept.*hx-request/i, path)
  }
})

test('a room that is not there is a page that says so', async () => {
  for (const path of [`/r/${word()}`, '/r/lobby/messages/999999999999', '/r/%3Cb%3E', '/r/-']) {
    const answer = await page(path)
    isPage(answer, 'Not found')
    assert.match(answer.text, 'role="alert"')
    assert.match(answer.text, 'data-code="not_found"')
    assert.not.match(answer.text, '<b>')
  }
})

test('without JavaScript: join, write, be sent back, read', async () => {
  const room = await freshRoom(await guest())
  const joined = await ask(
    '/me',
    form({ _method: 'PATCH', name: 'plain jane', color: '#118833', to: `/r/${room}` }, html),
  )
  assert.equal([joined.status, joined.headers.location], [303, `/r/${room}`])
  const cookie = cookieOf(joined)
  const shown = await page(`/r/${room}`, cookie)
  const once = /name="once" value="([^"]+)"/.exec(shown.text)?.[1] ?? ''
  assert.ok(once)
  const write = form({ body: 'line one\r\nline two', once }, html)
  for (let sent = 1; sent <= 2; sent++) {
    const posted = await ask(`/r/${room}/messages`, { ...write, cookie })
    assert.equal([posted.status, posted.headers.location], [303, `/r/${room}`])
  }
  assert.equal(
    (await messagesOf(room)).map(({ body }) => body),
    ['line one\nline two'],
  )
  assert.match((await page(`/r/${room}/frame`, cookie)).text, 'line one<br>\nline two')
})

test('without JavaScript: a refused text comes back in its form, escaped', async () => {
  const ann = await guest('ann')
  const name = `Refused ${word()}`
  const room = await freshRoom(ann, name)
  const body = `</textarea><script>x</script>&amp;${'a'.repeat(10_000)}`
  const refused = await ann.ask(`/r/${room}/messages`, form({ body }, html))
  assert.is(refused.status, 413)
  isPage(refused, name)
  assert.match(refused.text, 'role="alert"')
  assert.match(refused.text, '&lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt;&amp;amp;aaa')
  assert.not.match(refused.text, '<script>x')
})

test('without JavaScript: a room is made, and a taken name comes back in the form', async () => {
  const ann = await guest('ann')
  const name = `Formed ${word()}`
  const made = await ann.ask('/rooms', form({ name, topic: '' }, html))
  assert.is(made.status, 303)
  assert.match(made.headers.location ?? '', /^\/r\/formed-/)
  const refused = await ann.ask('/rooms', form({ name, topic: 'kept "topic"' }, html))
  assert.is(refused.status, 409)
  isPage(refused, 'Rooms')
  assert.match(refused.text, `value="${name}"`)
  assert.match(refused.text, 'value="kept &quot;topic&quot;"')
})

test('a form leads nowhere but to rooms of this server', async () => {
  for (const to of ['https://example.org/', '//example.org', '/\\example.org', '/r/../me', 'x']) {
    const joined = await ask('/me', form({ _method: 'PATCH', name: 'ann', to }, html))
    assert.equal([joined.status, joined.headers.location], [303, '/'], to)
  }
})

test('a form of another site is refused', async () => {
  const ann = await guest('ann')
  const room = await freshRoom(ann)
  for (const foreign of [
    { origin: 'https://example.org' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[]) {
    const post = form({ body: 'not mine' }, { ...foreign, accept: 'application/json' })
    const refused = await ann.ask(`/r/${room}/messages`, post)
    assert.equal([refused.status, JSON.parse(refused.text).code], [403, 'not_allowed'])
  }
  assert.equal(await messagesOf(room), [])
})

test.run()
