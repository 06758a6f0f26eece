import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, join, jsonOf, type MessageJson, type Someone, say } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('what people write is text')
const { instance } = startInstances(test, ['instance'])

const markup = [
  '<script>alert(1)</script>',
  '<!--#include virtual="/me" -->',
  '<hx-partial hx-target="#composer"><b>gone</b></hx-partial>',
  '<hx-upsert hx-target="#messages"><li id="m1">other</li></hx-upsert>',
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  '&lt;b&gt; &amp;amp; &#60;',
  '</li></ol></textarea></title><h1>',
  'https://example.org/"onclick="x <b>',
  'javascript:alert(1)',
]
const text = markup.join('\n')

let ann: Someone
let room: string

test.before(async () => {
  ann = await join(instance.app, '"><script>x</script><b>')
  const made = await ask(instance.app, '/rooms', {
    by: ann,
    json: { name: '<b title="x">Room</b>', topic: markup.slice(0, 3).join(' ') },
  })
  room = (await jsonOf<{ room: { slug: string } }>(made)).room.slug
  await say(instance.app, ann, room, text)
})

/** Elements and attributes that only what people wrote could have brought in. */
const brought =
  /<script>|<!--#|<b[\s>]|<img|<hx-partial|<h1>other|\s(onerror|onmouseover|onclick)=|id="m1">other/

const paths = () => [
  '/',
  '/me',
  `/r/${room}`,
  `/r/${room}/messages`,
  `/r/${room}/messages/1`,
  `/r/${room}/messages?after=0`,
  `/r/${room}/frame`,
]

for (const form of ['fragment', 'page'] as const) {
  test(`in every ${form}`, async () => {
    for (const path of paths()) {
      const body = await (await ask(instance.app, path, { by: ann, form })).text()
      assert.not.match(tags(body), brought, path)
      if (path.includes(room)) assert.ok(body.includes('&lt;script&gt;'), path)
    }
  })
}

/** The tags of some HTML, without their attributes' values, in which anything may stand but a quote. */
const tags = (html: string) =>
  html
    .replace(/="[^"]*"/g, '=""')
    .match(/<[^>]*>/g)
    ?.join('\n') ?? ''

test('a post is answered with its text escaped', async () => {
  const response = await ask(instance.app, `/r/${room}/messages`, {
    by: ann,
    form: 'fragment',
    fields: { body: text },
  })
  const body = await response.text()
  assert.not.match(tags(body), brought)
  assert.is(body.match(/<li /g)?.length, 1)
})

test('JSON has the text as it is, and its HTML escaped', async () => {
  const message = await jsonOf<MessageJson>(ask(instance.app, `/r/${room}/messages/1`))
  assert.is(message.body, text)
  assert.not.match(tags(message.html), brought)
  const shown = message.html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
  assert.is(shown, text)
})

test('an address in a text becomes a link to itself alone', async () => {
  const linked = async (body: string) =>
    /<a [^>]*>/.exec((await say(instance.app, ann, room, body)).html)?.[0]
  assert.match((await linked('see https://example.org/a?b=1&c=2.')) ?? '', /&amp;c=2"/)
  assert.match((await linked('(http://example.org)')) ?? '', /href="http:\/\/example.org"/)
  for (const body of ['javascript:alert(1)', 'data:text/html,x', 'ftp://example.org', 'https://']) {
    assert.is(await linked(body), undefined, body)
  }
})

test('a terminal gets no control characters, and no line that could pass for another message', async () => {
  const esc = '\u001b'
  const forged = `${esc}[2J${esc}]0;title\u0007 a\rb\u009b31m\u202e\n2026-11-22 10:06 ben: I quit`
  const { n } = await say(instance.app, ann, room, forged)
  for (const path of [...paths().slice(0, -1), `/r/${room}/messages/${n}`]) {
    const body = await (await ask(instance.app, path, { by: ann, form: 'text' })).text()
    const odd = [...body].filter(
      (one) => one !== '\n' && /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(one),
    )
    assert.equal(odd, [], path)
    assert.not.match(body, /^2026-11-22 10:06 ben/m)
  }
})

test.run()
