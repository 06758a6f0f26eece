import * as assert from 'uvu/assert'
import { bodiesIn, unlisted } from '../hostile/allowed.ts'
import { malformed } from '../hostile/bytes.ts'
import type { Hostile } from '../hostile/hostile.ts'
import { hostile } from '../hostile/inputs.ts'
import { times } from '../random.ts'
import { suite } from '../suite.ts'
import { type Asked, ask, join, jsonOf, type MessageJson, roomOf, type Someone } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('texts that mean harm')
const { here } = startInstances(test, ['here'], { POST_RATE: '10000', POST_BURST: '100000' })

let ann: Someone
let room: string

test.before(async () => {
  ann = await join(here.app, 'ann')
  room = await roomOf(here.app, ann, 'Hostile')
})

const post = (asked: Asked) => ask(here.app, `/r/${room}/messages`, { by: ann, ...asked })
const atOnce = 20

/** Of the ways in which a text comes, JSON brings all; of the others a third is enough, but in a long run. */
const someOf = hostile.filter((_, place) => place % times(3, 1) === 0)

/** Posts texts, and looks at each answer. @returns the share of them that was taken */
async function postAll(
  texts: readonly Hostile[],
  way: (text: string) => Asked,
  look: (answer: Response, text: string) => Promise<string[]>,
): Promise<number> {
  let taken = 0
  const one = async ([what, text]: Hostile) => {
    const answer = await post(way(text))
    if (answer.status === 422 || answer.status === 413 || answer.status === 400) return
    assert.is(answer.status, 201, what)
    taken++
    assert.equal(await look(answer, text), [], `${what}: ${text.slice(0, 100)}`)
  }
  for (let at = 0; at < texts.length; at += atOnce) {
    await Promise.all(texts.slice(at, at + atOnce).map(one))
  }
  return taken / texts.length
}

const isNearlyAll = (share: number) => assert.ok(share > 0.97, `${share} of them taken`)

test('there are at least five hundred, all different', () => {
  assert.ok(new Set(hostile.map(([, text]) => text)).size >= 500)
})

test('from a form, none is answered with more than what is listed', async () => {
  const taken = await postAll(
    someOf,
    (body) => ({ form: 'fragment', fields: { body } }),
    async (answer) => {
      const bodies = bodiesIn(await answer.text())
      return bodies.length === 1 ? unlisted(bodies[0] ?? '') : [`${bodies.length} messages`]
    },
  )
  isNearlyAll(taken)
})

test('from JSON, none has HTML with more than what is listed, and each keeps its text', async () => {
  const taken = await postAll(
    hostile,
    (body) => ({ json: { body } }),
    async (answer, text) => {
      const { body, html } = await jsonOf<MessageJson>(answer)
      const isKept = body.trim() === text.replace(/\r\n?/g, '\n').trim()
      return isKept ? unlisted(html) : ['another text']
    },
  )
  isNearlyAll(taken)
})

test('from plain text, each is taken and answered as text', async () => {
  const taken = await postAll(
    someOf,
    (raw) => ({ form: 'text', raw, headers: { 'content-type': 'text/plain' } }),
    async (answer) => (/^text\/plain/.test(answer.headers.get('content-type') ?? '') ? [] : ['no']),
  )
  isNearlyAll(taken)
})

test('pages of them hold what is listed alone, and a changes fragment too', async () => {
  for (const path of [`/r/${room}?before=9999999`, `/r/${room}/messages?limit=200`]) {
    const answer = await ask(here.app, path, { by: ann, form: 'fragment' })
    assert.is(answer.status, 200)
    const bodies = bodiesIn(await answer.text())
    assert.ok(bodies.length > 1)
    assert.equal(bodies.flatMap(unlisted), [])
  }
})

test('bytes that are no text are refused', async () => {
  for (const [what, type, raw] of malformed) {
    const answer = await post({ raw: raw as BodyInit, headers: { 'content-type': type } })
    assert.is(answer.status, 400, what)
  }
})

test('what finds harm finds it', () => {
  const bad = [
    '<script>x</script>',
    '<p onclick="x">a</p>',
    '<p style="x">a</p>',
    '<p id="x">a</p>',
    '<p class="alert">a</p>',
    '<a href="javascript:x" rel="noopener nofollow ugc">a</a>',
    '<a href="//x" rel="noopener nofollow ugc">a</a>',
    '<a href="https://x.org">a</a>',
    '<div hx-get="/">a</div>',
    '<form></form>',
    '<iframe></iframe>',
    '<svg></svg>',
    '<img src="x">',
    '</p></div><p>a',
    '<p>a</p></li>',
    '<!-- a -->',
  ]
  assert.equal(
    bad.filter((html) => unlisted(html).length === 0),
    [],
  )
})

test.run()
