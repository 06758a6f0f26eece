import * as assert from 'uvu/assert'
import { sealAttempt } from '../../handlers/http/attempt.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { openProvider, type TestProvider } from '../oidc/provider.ts'
import { walk } from '../oidc/walk.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, cookieOf, join, jsonOf, type PersonJson, roomOf, type Someone, say } from './ask.ts'
import { isRefused } from './expect.ts'
import { begin, beginLink, CALLBACK, comeBack, signedIn, signIn } from './single-sign-on.ts'

const test = suite('single sign-on', 60)

let database: TestDatabase
let provider: TestProvider
let instance: Instance
let other: Instance

test.before(async () => {
  database = await migratedDatabase()
  provider = await openProvider([CALLBACK])
  const env = { ...database.env, ...provider.env, OIDC_NAME: 'Acme' }
  instance = await startInstance(env)
  other = await startInstance(env)
})
test.after(async () => {
  await Promise.all([instance.stop(), other.stop()])
  await provider.shut()
  await database.drop()
})

let made = 0
const newLogin = () => `person-${++made}`

const me = (cookie: string, at = instance) =>
  jsonOf<PersonJson>(ask(at.app, '/me', { headers: { cookie } }))

const rowsOf = async (text: string, values: unknown[] = []) =>
  (await instance.sql.query<Record<string, unknown>>(text, values)).rows

async function member(name = `Member ${++made}`): Promise<Someone> {
  const json = { name, password: 'a few plain words' }
  const response = await ask(instance.app, '/accounts', { json })
  const { id } = await jsonOf<PersonJson>(response.clone())
  return { id, name, cookie: cookieOf(response) }
}

/** A page that says why, and how to try again, with nothing of the provider in it. */
async function isFailed(answer: Response, status: number, code: string): Promise<string> {
  await isRefused('page', answer, status, code)
  const html = await answer.text()
  assert.match(html, /Try again/)
  assert.not.match(html, /localhost|OAUTH|invalid_grant|access_denied/)
  assert.ok(answer.headers.getSetCookie().every((cookie) => !cookie.startsWith('natter=')))
  return html
}

test('a visitor is sent to the provider, and no secret stands in the address', async () => {
  const attempt = await begin(instance)
  const url = new URL(attempt.url)
  assert.is(url.origin, provider.env.OIDC_ISSUER)
  const asked = Object.fromEntries(url.searchParams)
  assert.is(asked.redirect_uri, CALLBACK)
  assert.is(asked.code_challenge_method, 'S256')
  assert.ok(asked.state && asked.nonce && asked.code_challenge)
  assert.not.match(
    attempt.url,
    new RegExp(encodeURIComponent(provider.env.OIDC_CLIENT_SECRET ?? '')),
  )
})

test('a visitor who signs in is a member, and back where they came from', async () => {
  const login = newLogin()
  const answer = await signIn(instance, login, { to: '/r/lobby/messages/7' })
  assert.is(answer.headers.get('location'), '/r/lobby/messages/7')
  const { name, kind } = await signedIn(instance, answer)
  assert.equal([name, kind], [login, 'member'])
})

test('what is kept of a sign-in is short-lived and no script’s to read', async () => {
  const answer = await ask(instance.app, '/oidc', { form: 'page' })
  const [cookie = ''] = answer.headers.getSetCookie()
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/oidc', 'Max-Age=600']) {
    assert.match(cookie, new RegExp(part))
  }
  assert.not.match(cookie, /Secure/)
  const outside = { 'x-forwarded-proto': 'https' }
  const tls = await ask(instance.app, '/oidc', { form: 'page', headers: outside })
  assert.match(tls.headers.getSetCookie()[0] ?? '', /Secure/)
  const asked = new URL(tls.headers.get('location') ?? '').searchParams
  assert.is(asked.get('redirect_uri'), 'https://localhost/oidc/callback')
})

test('the second time they are the same person, and any instance finishes what another began', async () => {
  const login = newLogin()
  const first = await signedIn(instance, await signIn(instance, login))
  const second = await signedIn(other, await signIn(instance, login, { back: other }))
  assert.is(second.id, first.id)
  assert.is((await me(first.cookie)).id, first.id, 'the first device stays signed in')
})

test('the second time a changed name stays', async () => {
  const login = newLogin()
  const first = await signedIn(instance, await signIn(instance, login))
  const json = { name: `Renamed ${login}` }
  await ask(instance.app, '/me', { method: 'PATCH', by: first, json })
  const second = await signedIn(instance, await signIn(instance, login))
  assert.equal([second.id, second.name], [first.id, json.name])
})

test('a guest who signs in stays the same person, with all that is theirs', async () => {
  const guest = await join(instance.app, 'wandering-owl')
  const room = await roomOf(instance.app, guest, 'An owl’s own', 'closed')
  await say(instance.app, guest, room, 'before')
  const login = newLogin()
  const olga = await signedIn(instance, await signIn(instance, login, { by: guest }))
  assert.equal([olga.id, olga.name, olga.kind], [guest.id, login, 'member'])
  assert.is((await say(instance.app, olga, room, 'after')).author.id, guest.id)
  for (const at of [instance, other]) {
    await until(async () => {
      const post = await ask(at.app, '/r/lobby/messages', { by: guest, json: { body: 'still' } })
      return post.status === 401
    })
  }
  const [event] = await rowsOf('select type, person_id from server_log order by seq desc limit 1')
  assert.equal(event, { type: 'session.ended', person_id: Number(guest.id) })
})

test('a guest who has an account there already becomes who they are', async () => {
  const login = newLogin()
  const ann = await signedIn(instance, await signIn(instance, login))
  const guest = await join(instance.app, 'passing-fox')
  const back = await signedIn(instance, await signIn(instance, login, { by: guest }))
  assert.is(back.id, ann.id)
  assert.is((await me(guest.cookie)).kind, 'visitor', 'the guest’s session has ended')
})

test('who signs in as somebody else than they were ends the session that they showed', async () => {
  const ann = await member()
  const somebody = await signedIn(instance, await signIn(instance, newLogin(), { by: ann }))
  assert.is.not(somebody.id, ann.id, 'nothing is connected unasked')
  assert.is((await me(ann.cookie)).kind, 'visitor')
})

test('a name that is taken gets a number, the first that is free', async () => {
  const login = newLogin()
  await member(`${login}`)
  await member(`${login.toUpperCase()}-2`)
  const { name } = await signedIn(instance, await signIn(instance, login))
  assert.is(name, `${login}-3`)
})

test('a name is cut to what fits, its number included', async () => {
  const names = []
  for (const login of [newLogin(), newLogin()]) {
    provider.tells(login, { name: `  ${'äö'.repeat(40)}\u202e` })
    names.push((await signedIn(instance, await signIn(instance, login))).name)
  }
  assert.equal(names, ['äö'.repeat(20), `${'äö'.repeat(19)}-2`])
})

test('a mail address is nobody’s to read, and a name that is none is replaced', async () => {
  const told: [object, RegExp][] = [
    [{ preferred_username: 'zed@example.org', name: 'Zed Zebra' }, /^Zed Zebra$/],
    [{ preferred_username: 'yan.yak@example.org' }, /^yan\.yak$/],
    [{ preferred_username: '@example.org', name: '\u200b \u2060' }, /^[a-z]+-[a-z]+$/],
    [{ preferred_username: { $ne: '' }, name: 7 }, /^[a-z]+-[a-z]+$/],
    [{ name: '<b>Bo\u0000b</b>\ud800' }, /^<b>Bob<\/b>\ufffd$/],
    [{}, /^[a-z]+-[a-z]+$/],
  ]
  for (const [claims, expected] of told) {
    const login = newLogin()
    provider.tells(login, claims)
    assert.match((await signedIn(instance, await signIn(instance, login))).name, expected)
  }
})

test('of two who come back at once for the first time, both are the same new person', async () => {
  const login = newLogin()
  const ways = await Promise.all(
    [instance, other, instance, other].map(async (at) => {
      const attempt = await begin(at)
      return { at, attempt, came: await walk(attempt.url, login) }
    }),
  )
  const answers = await Promise.all(
    ways.map(({ at, attempt, came }) => comeBack(at, came, attempt)),
  )
  const people = await Promise.all(answers.map((answer) => signedIn(instance, answer)))
  assert.is(new Set(people.map(({ id }) => id)).size, 1)
  const [row] = await rowsOf('select count(*)::int as n from people where name like $1', [
    `${login}%`,
  ])
  assert.equal(row, { n: 1 })
})

test('of two different people who want one name at once, each gets one', async () => {
  const logins = [newLogin(), newLogin(), newLogin()]
  for (const login of logins) provider.tells(login, { name: 'Wanda Wombat' })
  const people = await Promise.all(
    logins.map(async (login) => signedIn(instance, await signIn(instance, login))),
  )
  const names = people.map(({ name }) => name).sort()
  assert.equal(names, ['Wanda Wombat', 'Wanda Wombat-2', 'Wanda Wombat-3'])
})

test('where no accounts are made, who has one signs in and nobody else', async () => {
  const login = newLogin()
  const ann = await signedIn(instance, await signIn(instance, login))
  const guest = await join(instance.app, 'hopeful-hare')
  try {
    await rowsOf(`update policy set accounts = 'nobody'`)
    assert.is((await signedIn(instance, await signIn(instance, login))).id, ann.id)
    for (const by of [undefined, guest]) {
      const answer = await signIn(instance, newLogin(), by ? { by } : {})
      assert.match(await isFailed(answer, 403, 'not_allowed'), /New accounts are not made here/)
    }
    assert.is((await me(guest.cookie)).kind, 'guest')
    await rowsOf(`update policy set accounts = 'invited'`)
    assert.is((await signedIn(instance, await signIn(instance, newLogin()))).kind, 'member')
  } finally {
    await rowsOf(`update policy set accounts = 'anyone'`)
  }
})

test('who is banned is not let in, whether member or guest', async () => {
  const login = newLogin()
  const ann = await signedIn(instance, await signIn(instance, login))
  const guest = await join(instance.app, 'banned-badger')
  await rowsOf('update people set banned_at = now() where id = any($1)', [[ann.id, guest.id]])
  await isFailed(await signIn(instance, login), 403, 'not_allowed')
  await isFailed(await signIn(instance, newLogin(), { by: guest }), 403, 'not_allowed')
})

test('who turns back at the provider is told so, and may try again', async () => {
  const attempt = await begin(instance, undefined, '/r/lobby')
  const came = await walk(attempt.url, undefined)
  assert.is(came.searchParams.get('error'), 'access_denied')
  const answer = await comeBack(instance, came, attempt)
  const html = await isFailed(answer, 403, 'not_allowed')
  assert.match(html, /Acme did not let you in/)
  assert.match(html, /href="\/oidc\?to=%2Fr%2Flobby"/)
})

test('a state that is wrong, absent, doubled or another’s signs nobody in', async () => {
  const attempt = await begin(instance)
  const came = await walk(attempt.url, newLogin())
  const foreign = await begin(instance)
  const state = came.searchParams.get('state') ?? ''
  const wrong = new URL(came)
  wrong.searchParams.set('state', `${state.slice(1)}x`)
  const absent = new URL(came)
  absent.searchParams.delete('state')
  const doubled = new URL(came)
  doubled.searchParams.append('code', 'another')
  for (const url of [wrong, absent, doubled]) {
    await isFailed(await comeBack(instance, url, attempt), 401, 'sign_in')
  }
  await isFailed(await comeBack(instance, came, { cookie: '' }), 401, 'sign_in')
  await isFailed(await comeBack(instance, came, foreign), 401, 'sign_in')
})

test('a code that came for another attempt is worth nothing with one’s own state', async () => {
  const [mine, theirs] = [await begin(instance), await begin(instance)]
  const came = await walk(theirs.url, newLogin())
  came.searchParams.set('state', new URL(mine.url).searchParams.get('state') ?? '')
  await isFailed(await comeBack(instance, came, mine), 401, 'sign_in')
})

test('the same way back leads in once', async () => {
  const attempt = await begin(instance)
  const came = await walk(attempt.url, newLogin())
  const first = await comeBack(instance, came, attempt)
  assert.is(first.status, 303)
  assert.match(first.headers.getSetCookie().join(), /natter_oidc=;[^,]*Max-Age=0/)
  await isFailed(await comeBack(instance, came, { cookie: '' }), 401, 'sign_in')
  await isFailed(await comeBack(other, came, attempt), 401, 'sign_in')
})

test('an attempt that took too long, or that another secret signed, is none', async () => {
  const attempt = await begin(instance)
  const came = await walk(attempt.url, newLogin())
  const [text = ''] = attempt.cookie.replace('natter_oidc=', '').split('.')
  const { until: end, ...words } = JSON.parse(Buffer.from(text, 'base64url').toString())
  const old = sealAttempt(words, Date.now() - 1000, instance.secret().now)
  const forged = sealAttempt(words, end, 'another secret')
  const unsigned = `${text}.`
  for (const value of [old, forged, unsigned, `${text}.${'x'.repeat(43)}`, 'x.y', '.']) {
    const shown = { cookie: `natter_oidc=${value}` }
    await isFailed(await comeBack(instance, came, shown), 401, 'sign_in')
  }
  assert.is((await comeBack(instance, came, attempt)).status, 303, 'it was good for all that')
})

test('a session’s cookie is no attempt, and an attempt is no session', async () => {
  const attempt = await begin(instance)
  const value = attempt.cookie.replace('natter_oidc=', '')
  assert.is((await me(`natter=${value}`)).kind, 'visitor')
  const { cookie } = await join(instance.app, 'twofold-toad')
  const came = new URL(`${CALLBACK}?state=x&code=y`)
  const shown = { cookie: cookie.replace('natter=', 'natter_oidc=') }
  await isFailed(await comeBack(instance, came, shown), 401, 'sign_in')
})

test('hostile addresses are answered in every form, and never as a fault of ours', async () => {
  const attempt = await begin(instance)
  const state = new URL(attempt.url).searchParams.get('state') ?? ''
  const queries = [
    '',
    '?',
    '?state',
    '?code=%00&state=%ff',
    `?state=${state}`,
    `?state=${state}&state=${state}&code=x`,
    `?state=${state}&code=%00%ff`,
    `?state=${state}&code=${'x'.repeat(5_000)}`,
    `?state=${state}&error=%3Cscript%3E&error_description=%3Cscript%3E`,
    `?state=${state}&code=x&iss=https://elsewhere.example`,
    `?state=${state}&response=x&id_token=y`,
  ]
  for (const query of queries) {
    for (const form of ['page', 'json', 'text', 'fragment'] as const) {
      const headers = { cookie: attempt.cookie }
      const answer = await ask(instance.app, `/oidc/callback${query}`, { form, headers })
      assert.ok(answer.status >= 400 && answer.status < 500, `${query}: ${answer.status}`)
      assert.not.match(await answer.text(), /<script>/)
    }
  }
})

test('nobody is led to another site, neither on the way nor by a link', async () => {
  for (const to of [
    'https://elsewhere.example/',
    '//elsewhere.example',
    '/\\elsewhere',
    '/login',
    '%',
  ]) {
    const answer = await signIn(instance, newLogin(), { to })
    assert.is(answer.headers.get('location'), '/', to)
  }
})

test('another site’s page makes nobody into somebody else, and connects nothing', async () => {
  const ann = await member()
  const headers = { 'sec-fetch-site': 'cross-site' }
  const answer = await ask(instance.app, '/oidc', { form: 'page', by: ann, headers })
  assert.equal([answer.status, answer.headers.get('location')], [303, '/me'])
  assert.equal(answer.headers.getSetCookie(), [])
  const visitor = await ask(instance.app, '/oidc', { form: 'page', headers })
  assert.is(visitor.status, 302, 'a portal may have a link for who is nobody yet')
  const link = await ask(instance.app, '/oidc/link', { by: ann, method: 'POST', headers })
  await isRefused('json', link, 403, 'not_allowed')
})

test('a member connects the provider, and is the same person when they sign in by it', async () => {
  const ann = await member()
  const login = newLogin()
  const attempt = await beginLink(instance, ann)
  const linked = await comeBack(other, await walk(attempt.url, login), attempt)
  assert.is(linked.headers.get('location'), '/me')
  const again = await signedIn(instance, linked)
  assert.equal([again.id, again.name], [ann.id, ann.name])
  assert.is((await signedIn(instance, await signIn(instance, login))).id, ann.id)
  const page = await (await ask(instance.app, '/me', { form: 'page', by: again })).text()
  assert.match(page, /You can sign in with Acme/)
  assert.not.match(page, /Connect Acme/)
  const twice = await beginLink(instance, again)
  const came = await walk(twice.url, login)
  assert.is((await signedIn(instance, await comeBack(instance, came, twice))).id, ann.id)
})

test('an owner connects the provider in the same way, and stays an owner', async () => {
  const ann = await member()
  await rowsOf(`update people set kind = 'owner' where id = $1`, [ann.id])
  const attempt = await beginLink(instance, ann)
  const login = newLogin()
  await comeBack(instance, await walk(attempt.url, login), attempt)
  const { id, kind } = await signedIn(instance, await signIn(instance, login))
  assert.equal([id, kind], [ann.id, 'owner'])
})

test('what is somebody else’s is not connected, and changes nothing', async () => {
  const login = newLogin()
  const bea = await signedIn(instance, await signIn(instance, login))
  const ann = await member()
  const attempt = await beginLink(instance, ann)
  const answer = await comeBack(instance, await walk(attempt.url, login), attempt)
  assert.match(await isFailed(answer, 409, 'conflict'), /Not connected/)
  assert.is((await me(ann.cookie)).id, ann.id)
  assert.is((await signedIn(instance, await signIn(instance, login))).id, bea.id)
})

test('who is somebody else, or nobody, by the time they come back connects nothing', async () => {
  const [ann, ben] = [await member(), await member()]
  const guest = await join(instance.app, 'nobody-newt')
  for (const by of [undefined, ben, guest]) {
    const attempt = await beginLink(instance, ann)
    const login = newLogin()
    const came = await walk(attempt.url, login)
    await isFailed(await comeBack(instance, came, { ...attempt, by }), 409, 'conflict')
    assert.equal(await rowsOf('select from identities where subject = $1', [login]), [])
  }
})

test('a banned member connects nothing', async () => {
  const ann = await member()
  const attempt = await beginLink(instance, ann)
  const came = await walk(attempt.url, newLogin())
  await rowsOf('update people set banned_at = now() where id = $1', [ann.id])
  await isFailed(await comeBack(instance, came, attempt), 403, 'not_allowed')
})

test('who has no account connects nothing: they sign in', async () => {
  const guest = await join(instance.app, 'early-elk')
  for (const by of [undefined, guest]) {
    const answer = await ask(instance.app, '/oidc/link', { by, method: 'POST' })
    await isRefused('json', answer, 401, 'sign_in')
  }
})

test('a form to connect is answered by a page that leads on, with a link', async () => {
  const ann = await member()
  const form = { form: 'page', by: ann, fields: {} } as const
  const answer = await ask(instance.app, '/oidc/link', form)
  assert.is(answer.status, 200)
  const html = await answer.text()
  assert.match(html, new RegExp(`<a href="${provider.env.OIDC_ISSUER}/auth\\?`))
  assert.match(html, /<meta http-equiv="refresh" content="0; url=http:/)
})

test('the page about oneself shows the way that fits who one is', async () => {
  const page = async (by?: Someone) => (await ask(instance.app, '/me', { form: 'page', by })).text()
  const guest = await join(instance.app, 'choosing-cheetah')
  for (const html of [await page(), await page(guest)]) {
    assert.match(html, /<a [^>]*href="\/oidc\?to=\/me"[^>]*>Sign in with Acme<\/a>/)
    assert.not.match(html, /Connect Acme/)
  }
  const html = await page(await member())
  assert.match(html, /Connect Acme/)
  assert.not.match(html, /Sign in with Acme<\/a>/)
})

test('nothing of who signed in, of codes or of secrets stands in the log', async () => {
  const login = newLogin()
  await signIn(instance, login)
  const attempt = await begin(instance)
  const came = await walk(attempt.url, login)
  await comeBack(instance, came, attempt)
  await comeBack(instance, came, attempt)
  const lines = instance.lines.join('\n')
  assert.match(lines, /single sign-on reason=invalid_grant/)
  const secrets = [login, came.searchParams.get('code'), came.searchParams.get('state')]
  for (const secret of secrets) assert.not.ok(lines.includes(String(secret)))
})

test.run()
