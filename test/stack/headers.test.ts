import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, assets, names } from './ask.ts'

const headers = suite('headers of a running server')

const protective = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'SAMEORIGIN',
  'cross-origin-resource-policy': 'same-origin',
}

/** One of each kind: a page, a fragment, text, JSON, a refusal, a file, a bare shell. */
const everything: [path: string, headers: Record<string, string>][] = [
  ['/r/lobby', { accept: 'text/html' }],
  ['/r/lobby', { accept: 'text/html', 'hx-request': 'true' }],
  ['/r/lobby', {}],
  ['/r/lobby', { accept: 'application/json' }],
  ['/r/no-such-room', {}],
  ['/no-such-page', { accept: 'text/html' }],
  ['/natter.css', {}],
  ['/shell.html', {}],
]

headers('the policy allows nothing inline and nothing from elsewhere', async () => {
  for (const [path, asked] of everything.filter(([path]) => !path.endsWith('.css'))) {
    const policy =
      (await ask(path, { headers: asked })).headers.get('content-security-policy') ?? ''
    const directives = policy.split(';').map((directive) => directive.trim())
    assert.ok(directives.includes("default-src 'self'"), `${path}: ${policy}`)
    assert.ok(directives.includes("base-uri 'none'"), `${path}: ${policy}`)
    assert.ok(directives.includes("object-src 'none'"), `${path}: ${policy}`)
    assert.ok(directives.includes("form-action 'self'"), `${path}: ${policy}`)
    assert.ok(directives.includes("frame-ancestors 'self'"), `${path}: ${policy}`)
    assert.not.match(policy, /unsafe-|\*|https?:/)
  }
})

headers('every answer carries each protective header once', async () => {
  for (const [path, asked] of everything) {
    const answer = await ask(path, { headers: asked })
    // Two of the same would be joined by a comma.
    for (const [name, value] of Object.entries(protective)) {
      assert.is(answer.headers.get(name), value, `${path}: ${name}`)
    }
    const policy = answer.headers.get('content-security-policy') ?? ''
    assert.ok(policy.split('default-src').length <= 2, `${path}: the policy stands twice`)
  }
})

headers('nothing tells the version of what serves', async () => {
  const answer = await ask('/r/lobby')
  assert.not.match(answer.headers.get('server') ?? '', /\d/)
  assert.is(answer.headers.get('x-powered-by'), null)
})

headers('an answer for a person is kept by nobody', async () => {
  for (const accept of ['text/html', 'application/json', '*/*']) {
    const answer = await ask('/r/lobby', { headers: { accept } })
    assert.is(answer.headers.get('cache-control'), 'private, no-store', accept)
    assert.ok(names(answer.headers.get('vary'), 'accept'), accept)
    assert.ok(names(answer.headers.get('vary'), 'hx-request'), accept)
  }
})

headers('an asset without a version is asked for again, and not sent again', async () => {
  const first = await ask('/natter.css')
  assert.is(first.headers.get('cache-control'), 'no-cache')
  const tag = first.headers.get('etag')
  assert.ok(tag)
  const again = await ask('/natter.css', { headers: { 'if-none-match': tag } })
  assert.is(again.status, 304)
})

headers('the assets that the shell names are there, with their types', async () => {
  const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }
  const found = await assets()
  assert.ok(found.length > 3, 'the shell names its assets')
  for (const path of found) {
    const answer = await ask(path)
    assert.is(answer.status, 200, path)
    const ending = new URL(path, 'http://shell').pathname.split('.').at(-1) as keyof typeof types
    assert.match(answer.headers.get('content-type') ?? '', types[ending] ?? '/', path)
  }
})

headers('a style sheet with a version is one file; without one its parts are there', async () => {
  const path = (await assets()).find((asset) => asset.startsWith('/natter.css')) ?? ''
  const sheet = await (await ask(path)).text()
  const parts = [...sheet.matchAll(/@import "([^"]+)"/g)].map(([, part = '']) => part)
  if (path.includes('?v=')) assert.equal(parts, [])
  const texts = parts.map(async (part) => {
    const answer = await ask(new URL(part, `http://shell${path}`).pathname)
    assert.is(answer.status, 200, part)
    assert.match(answer.headers.get('content-type') ?? '', 'text/css', part)
    return answer.text()
  })
  const whole = [sheet, ...(await Promise.all(texts))].join('\n')
  for (const selector of ['.message', '.composer', '.hue-31'])
    assert.match(whole.replaceAll(' {', '{'), `${selector}{`)
})

headers('text is compressed for who can read that', async () => {
  const answer = await ask('/vendor/htmx.min.js', { headers: { 'accept-encoding': 'gzip' } })
  assert.is(answer.headers.get('content-encoding'), 'gzip')
  assert.ok(names(answer.headers.get('vary'), 'accept-encoding'))
})

headers('a held request is not compressed', async () => {
  const room = (await (
    await ask('/r/lobby', { headers: { accept: 'application/json' } })
  ).json()) as {
    live: string
  }
  const answer = await ask(`/r/lobby/messages?after=${room.live}&wait=1`, {
    headers: { 'accept-encoding': 'gzip', 'hx-request': 'true' },
  })
  assert.is(answer.status, 200)
  assert.is(answer.headers.get('content-encoding'), null)
})

headers.run()
