import pg from 'pg'
import * as assert from 'uvu/assert'
import { connection } from '../database.ts'
import { suite } from '../suite.ts'
import { ask, cookieOf, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { isIn, isPrivate, isRefused } from './expect.ts'
import { startInstances } from './scene.ts'

const test = suite('forms of a browser without JavaScript')
const { database, instance } = startInstances(test, ['instance'])

let ann: Someone
let room: string

test.before(async () => {
  ann = await join(instance.app, 'ann')
  room = await roomOf(instance.app, ann, 'Forms')
})

const send = (path: string, fields: Record<string, string>, by: Someone | null = ann) =>
  ask(instance.app, path, { by: by ?? undefined, form: 'page', fields })

const post = (fields: Record<string, string>) => send(`/r/${room}/messages`, fields)

const said = async () =>
  (await jsonOf<PageJson>(ask(instance.app, `/r/${room}/messages?limit=200`))).messages.map(
    (message) => message.body,
  )

/** An answer that leads to a path, whatever the form. */
function leadsTo(response: Response, path: string): void {
  assert.is(response.status, 303)
  assert.is(response.headers.get('location'), path)
  isPrivate(response)
}

/** The value of a field as the answered page shows it, with its character references resolved. */
function shown(page: string, name: string): string | undefined {
  // A parser drops a line break right behind the tag.
  const area = new RegExp(`<textarea[^>]* name="${name}"[^>]*>\\n?([^<]*)</textarea>`)
  const text = area.exec(page)?.[1]
  const line = new RegExp(`<input[^>]* name="${name}"[^>]* value="([^"]*)"`).exec(page)?.[1]
  const value = text ?? line
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return value?.replace(/&(amp|lt|gt|quot|#39);/g, (_, one: string) => names[one] ?? '')
}

const nasty = `<script>alert("1")</script> </textarea> 'x' & <!--#include virtual="/me" --> "><b>`

test('a post leads back to its room', async () => {
  leadsTo(await post({ body: 'hello' }), `/r/${room}`)
  assert.ok((await said()).includes('hello'))
})

test('a form that is sent twice posts once', async () => {
  for (let turn = 0; turn < 2; turn++) {
    leadsTo(await post({ body: 'once only', once: 'form-1' }), `/r/${room}`)
  }
  assert.is((await said()).filter((body) => body === 'once only').length, 1)
})

test('the same form with another text, as after Back, posts that as well', async () => {
  for (const body of ['first text', 'second text']) {
    leadsTo(await post({ body, once: 'form-2' }), `/r/${room}`)
  }
  const bodies = await said()
  assert.ok(bodies.includes('first text') && bodies.includes('second text'))
})

test('another form with the same text posts it again', async () => {
  for (const once of ['form-3', 'form-4'])
    leadsTo(await post({ body: 'again', once }), `/r/${room}`)
  assert.is((await said()).filter((body) => body === 'again').length, 2)
})

test('each page has a form of its own', async () => {
  const names = []
  for (let turn = 0; turn < 2; turn++) {
    const page = await ask(instance.app, `/r/${room}`, { by: ann, form: 'page' })
    names.push(shown(await page.text(), 'once'))
  }
  assert.is(new Set(names).size, 2)
  assert.ok(names.every((name) => name && name.length >= 20))
})

test('a refused message comes back in a page, as it was typed', async () => {
  const body = `${nasty}\n${'x'.repeat(10_000)}`
  const response = await post({ body })
  const page = await response.clone().text()
  await isRefused('page', response, 413, 'too_large')
  assert.ok(shown(page, 'body') === body)
  assert.not.match(page, /<script>alert|<b>/)
})

test('a refused room comes back in a page, as it was typed', async () => {
  const topic = `${nasty}${'x'.repeat(250)}`
  const response = await send('/rooms', { name: nasty, topic })
  const page = await response.clone().text()
  await isRefused('page', response, 422, 'invalid')
  assert.is(shown(page, 'name'), nasty)
  assert.is(shown(page, 'topic'), topic)
  assert.not.match(page, /<script>alert|<b>/)
})

test('a refused name comes back in a page, as it was typed', async () => {
  const name = `${nasty}`
  const response = await send('/me', { _method: 'PATCH', name, color: '#abcdef' })
  const page = await response.clone().text()
  await isRefused('page', response, 422, 'invalid')
  assert.is(shown(page, 'name'), name)
  assert.is(shown(page, 'color'), '#abcdef')
})

test('a room that is made leads there', async () => {
  leadsTo(await send('/rooms', { name: 'By form', topic: '' }), '/r/by-form')
})

test('a visitor becomes a guest by a form, and goes on where they came from', async () => {
  const fields = { _method: 'PATCH', name: 'Zoë', color: '#123456', to: `/r/${room}` }
  const response = await ask(instance.app, '/me', { form: 'page', fields })
  leadsTo(response, `/r/${room}`)
  const cookie = cookieOf(response)
  const me = await jsonOf<{ name: string; color: string }>(
    ask(instance.app, '/me', { headers: { cookie } }),
  )
  assert.equal([me.name, me.color], ['Zoë', '#123456'])
})

test('a form leads nowhere else, whatever it says', async () => {
  const away = ['//evil.example', 'https://evil.example', '/\\evil.example', '/r/../../x', 'r/x']
  for (const to of [...away, '/r/a\r\nset-cookie: a=b', 'javascript:alert(1)', '/me?x=1', '']) {
    leadsTo(await send('/me', { _method: 'PATCH', name: 'ann', to }), '/')
  }
})

test('a form can say PATCH, and POST alone says nothing that is known here', async () => {
  const renamed = await ask(instance.app, '/me', {
    by: ann,
    fields: { _method: 'PATCH', name: 'Anna' },
  })
  assert.ok((await isIn('json', renamed)).includes('"Anna"'))
  for (const _method of ['', 'POST', 'patch', 'DELETE', 'constructor']) {
    const response = await ask(instance.app, '/me', { by: ann, fields: { _method, name: 'x' } })
    await isRefused('json', response, 404, 'not_found')
  }
})

test('somebody who is not known is given back what they wrote', async () => {
  const response = await send(`/r/${room}/messages`, { body: nasty, once: 'a1' }, null)
  assert.is(response.status, 401)
  const page = await response.text()
  assert.is(shown(page, 'body'), nasty)
  assert.ok(page.includes(`action="/r/${room}/messages"`))
  assert.is(shown(page, 'once'), 'a1')
})

test('an answer that is refused stays an answer in the form', async () => {
  const { n } = await say(instance.app, ann, room, 'a question')
  const fields = { body: 'x'.repeat(10_001), once: 'a2', reply_to: String(n) }
  const response = await send(`/r/${room}/messages`, fields)
  assert.is(shown(await response.text(), 'reply_to'), String(n))
  const odd = await send(`/r/${room}/messages`, { ...fields, reply_to: '"><script>' })
  assert.not.match(await odd.text(), /name="reply_to" value="[^"]/)
})

test('a room that was archived meanwhile gives back what was written', async () => {
  const archived = await roomOf(instance.app, ann, 'Archived meanwhile')
  const client = new pg.Client(connection(database.env))
  await client.connect()
  await client.query('update rooms set archived = true where slug = $1', [archived])
  await client.end()
  const response = await send(`/r/${archived}/messages`, { body: nasty })
  assert.is(response.status, 403)
  assert.is(shown(await response.text(), 'body'), nasty)
})

test('an htmx form is answered with the message itself', async () => {
  const response = await ask(instance.app, `/r/${room}/messages`, {
    by: ann,
    form: 'fragment',
    fields: { body: 'from htmx' },
  })
  assert.match(
    await isIn('fragment', response, 201),
    /^<li id="m\d+"[\s\S]*from htmx[\s\S]*<\/li>$/,
  )
})

test.run()
