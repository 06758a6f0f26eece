import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask } from './ask.ts'

const test = suite('a login header that nobody set up')

const headers = {
  'X-Forwarded-User': 'mallory',
  'Remote-User': 'mallory',
  'X-Remote-User': 'mallory',
}

test('says nothing, whoever sends it: a page is a visitor’s', async () => {
  for (const path of ['/', '/me', '/r/lobby']) {
    const answer = await ask(path, { headers: { ...headers, accept: 'text/html' } })
    const html = await answer.text()
    assert.is(answer.status, 200)
    assert.not.match(html, /mallory|\/login/, path)
    assert.match(html, /Join|Pick a name/, path)
  }
})

test('begins no session', async () => {
  const answer = await ask('/login', { headers })
  assert.is(answer.status, 404)
  assert.equal(answer.headers.getSetCookie(), [])
  const me = await ask('/me', { headers: { ...headers, accept: 'application/json' } })
  assert.is(((await me.json()) as { kind: string }).kind, 'visitor')
})

test.run()
