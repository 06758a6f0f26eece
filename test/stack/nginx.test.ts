import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, assets, isBehindNginx } from './ask.ts'

const proxy = suite('pages and the proxy')

const html = { accept: 'text/html' }
const fragment = { ...html, 'hx-request': 'true' }

proxy('a page is the shell with the fragment of that page in it', async () => {
  const page = await (await ask('/r/lobby', { headers: html })).text()
  const inside = await (await ask('/r/lobby', { headers: fragment })).text()
  assert.match(page, /^<!doctype html>/i)
  assert.match(page, '<div id="talk"')
  assert.not.match(inside, /<!doctype/i)
  assert.not.match(page, '<!--#', 'no directive is left over')
  assert.not.match(page, 'id="away"', 'the notice is for when the backend is away')
})

proxy('the bare shell has a type, and stands alone', async () => {
  const shell = await ask('/shell.html')
  assert.is(shell.status, 200)
  assert.match(shell.headers.get('content-type') ?? '', 'text/html')
  assert.match(await shell.text(), '<html')
})

proxy('a page says what the fragment in it was refused for', async () => {
  const page = await (await ask('/r/no-such-room', { headers: html })).text()
  assert.match(page, /^<!doctype html>/i)
  assert.match(page, 'role="alert"')
  assert.match(page, 'data-code="not_found"')
})

proxy('a message that spells a directive is a text like any other', async () => {
  const directive = `<!--#include virtual="/healthz" --> ${randomUUID()}`
  const cookie = await guest()
  const posted = await ask('/r/lobby/messages', {
    method: 'POST',
    headers: { cookie, 'content-type': 'text/plain' },
    body: directive,
  })
  assert.is(posted.status, 201)
  const page = await (await ask('/r/lobby', { headers: html })).text()
  assert.match(page, '&lt;!--#include virtual=')
  assert.match(await (await ask('/r/lobby')).text(), directive)
})

proxy('an address that spells a directive is an address like any other', async () => {
  for (const query of ['<!--#include%20virtual="/healthz"-->', '%22--%3E', '"><script>', '%00']) {
    const answer = await raw(`/r/lobby?q=${query}`)
    assert.match(answer, /^HTTP\/1\.1 [24]00 /, query)
    assert.not.match(answer, '<script>alert', query)
    assert.not.match(answer, /<!--#/, query)
  }
})

proxy('what is inside the proxy cannot be asked for from outside', async () => {
  for (const path of [
    '/_fragment',
    '/_page',
    '/_held',
    '/_fault/json',
    '/%5Ffragment',
    '//_page',
  ]) {
    assert.match(await raw(path), /^HTTP\/1\.1 404 /, path)
    assert.match(await raw(path, html), /^HTTP\/1\.1 404 /, `${path} in a browser`)
  }
})

proxy('the shell is to be had as /shell.html alone, and the metrics not at all', async () => {
  assert.is((await ask('/index.html', { headers: html })).status, 404)
  assert.is((await ask('/metrics')).status, 404)
})

proxy('what is no page does not come in the shell', async () => {
  const frame = await (await ask('/r/lobby/frame', { headers: html })).text()
  assert.match(frame, /^<!doctype html>/i)
  assert.not.match(frame, 'htmx')
  const health = await (await ask('/healthz', { headers: html })).text()
  assert.is(health, 'ok\n')
})

proxy('a body that is too big is refused in the form that was asked for', async () => {
  const cookie = await guest()
  const post = (headers: Record<string, string>) =>
    ask('/r/lobby/messages', {
      method: 'POST',
      headers: { cookie, 'content-type': 'text/plain', ...headers },
      body: 'a'.repeat(300_000),
    })
  const json = await post({ accept: 'application/json' })
  assert.is(json.status, 413)
  assert.match(json.headers.get('content-type') ?? '', 'application/problem+json')
  const problem = (await json.json()) as Record<string, unknown>
  assert.is(problem.code, 'too_large')
  assert.is(problem.status, 413)
  const inPage = await post(fragment)
  assert.is(inPage.status, 413)
  assert.match(await inPage.text(), /role="alert"[^>]*data-code="too_large"/)
  const text = await post({})
  assert.is(text.status, 413)
  assert.is((await text.text()).trimEnd().split('\n').length, 1)
})

proxy(
  'assets with the version that the shell names are kept for good, others are not',
  async () => {
    const versioned = (await assets()).filter((path) => path.includes('?v='))
    if (!(await isBehindNginx())) return assert.is(versioned.length, 0, 'none without nginx')
    assert.ok(versioned.length > 3)
    for (const path of versioned) {
      const control = (await ask(path)).headers.get('cache-control')
      assert.is(control, 'public, max-age=31536000, immutable', path)
      const stale = (await ask(`${path}0`)).headers.get('cache-control')
      assert.is(stale, 'no-cache', `${path}0`)
    }
  },
)

proxy('all that a page loads is there, each file by one address alone', async () => {
  const named = new Set(await assets())
  // What is added on the way is visited as well.
  for (const path of named) {
    const answer = await ask(path)
    assert.is(answer.status, 200, path)
    const source = (await answer.text()).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    for (const [, from = ''] of source.matchAll(loaded)) {
      named.add(new URL(from, `http://shell${path}`).href.replace('http://shell', ''))
    }
  }
  const bare = [...named].map((path) => path.replace(/\?.*/, ''))
  assert.is(new Set(bare).size, named.size, [...named].join(' '))
  assert.ok(bare.includes('/natter/emoji-picker.js'), 'what is loaded later is among them')
})

/** What a script loads from beside it, at once or later. */
const loaded =
  /\b(?:from|import|fetch|SharedWorker)\s*\(?\s*["'](\.{0,2}\/[^"'\s]+\.(?:js|json)[^"'\s]*)["']/g

/** Becomes somebody who may write. */
async function guest(): Promise<string> {
  const name = `guest ${randomUUID().slice(0, 8)}`
  const answer = await ask('/me', { method: 'PATCH', body: new URLSearchParams({ name }) })
  assert.is(answer.status, 200)
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

/** Asks for a path as it is written, which `fetch` would tidy up first. */
function raw(path: string, headers: Record<string, string> = html): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(process.env.BASE_URL ?? '')
    const asking = request({ hostname, port, path, headers }, (answer) => {
      let body = ''
      answer.on('data', (chunk) => {
        body += chunk
      })
      answer.on('end', () => resolve(`HTTP/1.1 ${answer.statusCode} \n${body}`))
    })
    asking.on('error', reject)
    asking.end()
  })
}

proxy.run()
