import { request } from 'node:http'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, type PersonJson, type Someone, say } from './ask.ts'
import { type Served, serveOn } from './wire.ts'

const test = suite('a login header', 60)

let database: TestDatabase
const running: { instance: Instance; served: Served }[] = []

let place: Place

test.before(async () => {
  database = await migratedDatabase()
  place = await behind('192.0.2.0/24, 127.0.0.1')
})
test.after(async () => {
  for (const { instance, served } of running) {
    await served.stop()
    await instance.stop()
  }
  await database.drop()
})

type Answer = { status: number; location: string; cookies: string[]; text: string }
type Shown = { user?: string | string[]; cookie?: string; accept?: string; more?: object }
type Place = { instance: Instance; get(path: string, shown?: Shown): Promise<Answer> }

/** A server that believes a header from some proxies. This process asks it from 127.0.0.1. */
async function behind(proxies: string, header = 'X-Forwarded-User'): Promise<Place> {
  const env = { ...database.env, LOGIN_HEADER: header, LOGIN_PROXIES: proxies }
  const instance = await startInstance(env)
  const served = await serveOn(instance, 'alone')
  running.push({ instance, served })
  const get = (path: string, { user, cookie, accept = 'text/html', more }: Shown = {}) => {
    const said = user === undefined ? {} : { [header]: user }
    const headers = { accept, ...said, ...(cookie ? { cookie } : {}), ...more }
    return new Promise<Answer>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: served.port, path, headers, agent: false }
      const sent = request(options, async (answer) => {
        const chunks: Buffer[] = []
        for await (const chunk of answer) chunks.push(chunk)
        resolve({
          status: answer.statusCode ?? 0,
          location: answer.headers.location ?? '',
          cookies: (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0] ?? ''),
          text: Buffer.concat(chunks).toString(),
        })
      })
      sent.on('error', reject).end()
    })
  }
  return { instance, get }
}

let made = 0
const newUser = () => `user${++made}`

const me = async (cookie: string): Promise<PersonJson> =>
  JSON.parse((await place.get('/me', { cookie, accept: 'application/json' })).text)

/** Goes where the page leads, as a browser does that keeps its cookie. */
async function logIn(user: string, cookie = '', to = '/'): Promise<Someone & PersonJson> {
  const answer = await place.get(`/login?to=${encodeURIComponent(to)}`, { user, cookie })
  assert.equal([answer.status, answer.location], [303, to], answer.text)
  const [own = ''] = answer.cookies
  return { ...(await me(own)), cookie: own }
}

/** As a header goes over the wire: Node writes a character for each byte. */
const bytes = (text: string) => Buffer.from(text).toString('latin1')

const rowsOf = async (text: string, values: unknown[] = []) =>
  (await place.instance.sql.query<Record<string, unknown>>(text, values)).rows

test('who the proxy knows is led to a session, and is a member by that name', async () => {
  const user = newUser()
  const page = await place.get('/r/lobby', { user })
  assert.is(page.status, 200)
  assert.match(page.text, /<meta http-equiv="refresh" content="0; url=\/login\?to=%2Fr%2Flobby"/)
  assert.match(page.text, /<a href="\/login\?to=%2Fr%2Flobby">/)
  const { name, kind, cookie } = await logIn(user, '', '/r/lobby')
  assert.equal([name, kind], [user, 'member'])
  const room = await place.get('/r/lobby', { user, cookie })
  assert.match(room.text, /id="composer"/)
})

test('every page leads there, and no part of one, no program’s answer and no file does', async () => {
  const user = newUser()
  for (const path of [
    '/',
    '/me',
    '/r/lobby',
    '/r/lobby/messages',
    '/r/lobby/messages/1',
    '/r/gone',
  ]) {
    assert.match((await place.get(path, { user })).text, /url=\/login\?to=/, path)
    const fragment = { 'hx-request': 'true' }
    assert.match((await place.get(path, { user, more: fragment })).text, /url=\/login/, path)
    const byScript = { 'hx-request': 'true', 'hx-current-url': 'http://localhost/r/lobby' }
    assert.not.match((await place.get(path, { user, more: byScript })).text, /\/login/, path)
    for (const accept of ['application/json', '*/*']) {
      assert.not.match((await place.get(path, { user, accept })).text, /\/login/, path)
    }
  }
  assert.not.match((await place.get('/r/lobby/frame', { user })).text, /\/login/)
  assert.not.match((await place.get('/r/lobby/messages?after=0', { user })).text, /\/login/)
  assert.is((await place.get('/healthz', { user })).status, 200)
})

test('the second time they are the same person, and one browser needs no second session', async () => {
  const user = newUser()
  const first = await logIn(user)
  const second = await logIn(user)
  assert.is(second.id, first.id)
  const again = await place.get('/login', { user, cookie: first.cookie })
  assert.equal([again.status, again.cookies], [303, []])
})

test('a guest stays the same person, with what they wrote', async () => {
  const guest = await join(place.instance.app, 'wandering-owl')
  const { n } = await say(place.instance.app, guest, 'lobby', 'as a guest')
  const user = newUser()
  assert.match((await place.get('/', { user, cookie: guest.cookie })).text, /url=\/login/)
  const now = await logIn(user, guest.cookie)
  assert.equal([now.id, now.name, now.kind], [guest.id, user, 'member'])
  const path = `/r/lobby/messages/${n}`
  const message = await ask(place.instance.app, path, { by: now })
  assert.is(((await message.json()) as { author: PersonJson }).author.id, guest.id)
})

test('where the proxy says somebody else, the session before ends and theirs begins', async () => {
  const [ann, ben] = [await logIn(newUser()), newUser()]
  assert.match((await place.get('/me', { user: ben, cookie: ann.cookie })).text, /url=\/login/)
  const now = await logIn(ben, ann.cookie)
  assert.equal([now.name, now.id === ann.id], [ben, false])
  await until(async () => (await me(ann.cookie)).kind === 'visitor')
})

test('where the proxy says nothing, a session is what it was', async () => {
  const user = newUser()
  const { cookie } = await logIn(user)
  for (const empty of [undefined, '', '   ', bytes('\u00a0\u3000')]) {
    const page = await place.get('/me', { cookie, ...(empty === undefined ? {} : { user: empty }) })
    assert.match(page.text, new RegExp(`value="${user}"`))
  }
  for (const empty of ['', '   ']) {
    const answer = await place.get('/login', { user: empty })
    assert.equal([answer.status, answer.cookies], [401, []])
  }
})

test('a name in any script is read as the UTF-8 that it is, and one name is one person', async () => {
  const composed = await logIn(bytes(`Zoë ${made}`))
  const apart = await logIn(bytes(` Zoe\u0308 ${made}  `))
  assert.equal([composed.name, apart.id], [`Zoë ${made}`, composed.id])
  assert.is((await logIn(bytes('小明'))).name, '小明')
})

test('a mail address names its owner by what stands before the @', async () => {
  assert.is((await logIn('quentin@example.org')).name, 'quentin')
  assert.is((await logIn('quentin@example.com')).name, 'quentin-2')
})

test('what is too long or cannot be read is refused, and signs nobody in', async () => {
  const count = () => rowsOf('select count(*)::int as n from people')
  const before = await count()
  const odd = [
    'x'.repeat(limits.loginHeaderChars + 1),
    'x'.repeat(5_000),
    bytes('\ufdfa'.repeat(limits.loginHeaderChars)),
    '\xff\xfe',
    '\xed\xa0\x80',
    bytes('ann\u0085ben'),
    'ann\tben',
    ['ann', 'ben'],
  ]
  for (const user of odd) {
    const answer = await place.get('/login', { user })
    assert.equal([answer.status, answer.cookies], [400, []], JSON.stringify(user).slice(0, 20))
    assert.match(answer.text, /cannot be read/)
    const page = await place.get('/', { user })
    assert.equal([page.status, /\/login/.test(page.text)], [200, false], 'no way round in a circle')
  }
  assert.equal(await count(), before)
})

test('a header from an address that is not named is nobody’s word', async () => {
  const elsewhere = await behind('192.0.2.0/24,2001:db8::/32')
  const user = newUser()
  const more = { 'x-forwarded-for': '192.0.2.7', forwarded: 'for=192.0.2.7' }
  assert.not.match((await elsewhere.get('/', { user, more })).text, /\/login/)
  const answer = await elsewhere.get('/login', { user, more })
  assert.equal([answer.status, answer.cookies], [401, []])
})

test('networks are believed as a whole, and all of them where only a proxy gets through', async () => {
  for (const proxies of ['127.0.0.0/8', '10.0.0.1 ::1 127.0.0.1/32', '0.0.0.0/0,::/0']) {
    const at = await behind(proxies, 'Remote-User')
    assert.is((await at.get('/login', { user: newUser() })).status, 303, proxies)
    const other = await at.get('/login', { more: { 'x-forwarded-user': 'ann' } })
    assert.is(other.status, 401, 'another header says nothing')
  }
})

test('where no accounts are made, those who were here come in and nobody else', async () => {
  const user = newUser()
  const ann = await logIn(user)
  try {
    await rowsOf(`update policy set accounts = 'nobody'`)
    assert.is((await logIn(user)).id, ann.id)
    const answer = await place.get('/login', { user: newUser() })
    assert.equal([answer.status, answer.cookies], [403, []])
    assert.match(answer.text, /New accounts are not made here/)
  } finally {
    await rowsOf(`update policy set accounts = 'anyone'`)
  }
})

test('who is banned stays out', async () => {
  const user = newUser()
  const { id } = await logIn(user)
  await rowsOf('update people set banned_at = now() where id = $1', [id])
  const answer = await place.get('/login', { user })
  assert.equal([answer.status, answer.cookies], [403, []])
})

test('a browser that keeps no cookie does not go round for ever', async () => {
  const user = newUser()
  for (let tries = 0; tries < limits.signIns; tries++) {
    assert.is((await place.get('/login', { user })).status, 303)
  }
  assert.is((await place.get('/login', { user })).status, 429)
})

test('many at once for the first time are one person', async () => {
  const user = newUser()
  const answers = await Promise.all(Array.from({ length: 5 }, () => place.get('/login', { user })))
  const people = await Promise.all(answers.map(({ cookies }) => me(cookies[0] ?? '')))
  assert.is(new Set(people.map(({ id }) => id)).size, 1)
})

test('nobody is led to another site', async () => {
  for (const to of ['https://elsewhere.example/', '//elsewhere.example', '/login', '%']) {
    const answer = await place.get(`/login?to=${to}`, { user: newUser() })
    assert.is(answer.location, '/', to)
  }
})

test('a provider’s subject is not a header’s, whatever its name', async () => {
  const user = newUser()
  const { id } = await logIn(user)
  const known = await rowsOf('select issuer, subject from identities where person_id = $1', [id])
  assert.equal(known, [{ issuer: 'header', subject: user }])
})

test('nothing of who is signed in stands in the log', async () => {
  await logIn('confidential-connie')
  assert.not.match(place.instance.lines.join('\n'), /connie/)
})

test.run()
