import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import {
  type Asked,
  ask,
  forms,
  join,
  jsonOf,
  type MessageJson,
  type PageJson,
  roomOf,
  type Someone,
} from './ask.ts'
import { isIn, isPrivate, isRefused } from './expect.ts'
import { member, owner, PASSWORD, rowsOf, whoIs } from './members.ts'
import { startInstances } from './scene.ts'

const test = suite('tokens for programs', 60)
const { database, instance, other } = startInstances(test, ['instance', 'other'])

type TokenJson = {
  id: string
  name: string
  scope: string
  created_at: string
  used_at: string | null
  expires_at: string
}
type NewTokenJson = TokenJson & { token: string }

const DAY_MS = 24 * 3600 * 1000

const order = (by: Someone | undefined, json: object = {}, asked: Asked = {}) =>
  ask(instance.app, '/tokens', { by, json: { name: 'robot', scope: 'write', ...json }, ...asked })

async function made(by: Someone, json: object = {}): Promise<NewTokenJson> {
  const answer = await order(by, json)
  assert.is(answer.status, 201)
  return jsonOf<NewTokenJson>(answer)
}

const tokensOf = async (by: Someone): Promise<TokenJson[]> =>
  (await jsonOf<{ tokens: TokenJson[] }>(ask(instance.app, '/tokens', { by }))).tokens

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const as = (token: string, path: string, asked: Asked = {}, at = instance) =>
  ask(at.app, path, { ...asked, headers: { ...bearer(token), ...asked.headers } })

const end = (by: Someone, id: string) =>
  ask(instance.app, `/tokens/${id}`, { by, method: 'DELETE' })

/** Lets a token end so many seconds from now. */
const expires = ({ id }: TokenJson, seconds: number) =>
  rowsOf(
    database.env,
    `update sessions set expires_at = now() + make_interval(secs => $2)
      where encode(substring(key from 1 for 8), 'hex') = $1`,
    [id, seconds],
  )

/** Every resource that there is, and something that was thought of by nobody. */
const everything: [path: string, method: string][] = [
  ['/', 'GET'],
  ['/', 'HEAD'],
  ['/rooms', 'POST'],
  ['/r/lobby', 'GET'],
  ['/r/lobby/frame', 'GET'],
  ['/r/lobby/messages', 'GET'],
  ['/r/lobby/messages?after=0&wait=25', 'GET'],
  ['/r/lobby/messages', 'POST'],
  ['/r/lobby/messages/1', 'GET'],
  ['/me', 'GET'],
  ['/me', 'PATCH'],
  ['/me', 'POST'],
  ['/me/events', 'GET'],
  ['/me/password', 'PUT'],
  ['/accounts', 'POST'],
  ['/devices', 'GET'],
  ['/sessions', 'POST'],
  ['/devices', 'DELETE'],
  ['/sessions/current', 'DELETE'],
  ['/tokens', 'GET'],
  ['/tokens', 'POST'],
  ['/people', 'GET'],
  ['/people', 'POST'],
  ['/enter/x', 'GET'],
  ['/enter/x', 'POST'],
  ['/nowhere', 'GET'],
  ['/nowhere', 'BREW'],
]

test('a member makes one, which is theirs everywhere, and is shown once', async () => {
  const ann = await member(instance)
  const answer = await order(ann)
  isPrivate(answer)
  const { token, ...rest } = await jsonOf<NewTokenJson>(answer)
  assert.match(token, /^ntr_[\w-]{43}$/)
  assert.equal(await tokensOf(ann), [rest])
  assert.is(rest.used_at, null)
  for (const at of [instance, other]) assert.is((await whoIs(at, bearer(token))).id, ann.id)
  const said = await as(token, '/r/lobby/messages', { json: { body: 'beep' } }, other)
  assert.is((await jsonOf<MessageJson>(said)).author.id, ann.id)
  await instance.uses.write()
  assert.ok((await tokensOf(ann))[0]?.used_at, 'its last use is told')
  const stored = JSON.stringify(await rowsOf(database.env, 'select * from sessions'))
  assert.not.match(stored, token)
  assert.not.match(instance.lines.join('\n'), token)
})

test('lasts for 90 days, or from an hour to 400 days as it is asked for', async () => {
  const ann = await member(instance)
  const days = async (json: object) => {
    const { created_at, expires_at } = await made(ann, json)
    return (Date.parse(expires_at) - Date.parse(created_at)) / DAY_MS
  }
  assert.is(await days({}), 90)
  assert.is(await days({ expires_in: 3600 }), 1 / 24)
  assert.is(await days({ expires_in: limits.tokenSecondsMax }), 400)
  for (const expires_in of [
    0,
    -1,
    3599,
    1e9,
    'soon',
    '1e400',
    3600.5,
    limits.tokenSecondsMax + 1,
  ]) {
    await isRefused('json', await order(ann, { expires_in }), 422, 'invalid')
  }
})

test('says which fields are wrong', async () => {
  const ann = await member(instance)
  const wrong = [
    [{ name: '' }, ['name']],
    [{ name: 'x'.repeat(limits.tokenNameChars + 1) }, ['name']],
    [{ scope: 'all' }, ['scope']],
    [{ scope: null }, ['scope']],
    [{ name: '\u202e', scope: '', expires_in: 1 }, ['name', 'scope', 'expires_in']],
  ] as const
  for (const [json, fields] of wrong) {
    const problem = await isRefused('json', await order(ann, json), 422, 'invalid')
    assert.equal(Object.keys(problem?.fields ?? {}), fields)
  }
})

test('is for members and owners alone', async () => {
  const guest = await join(instance.app, 'guest')
  for (const form of forms) {
    await isRefused(form, await order(guest, {}, { form }), 403, 'not_allowed')
    await isRefused(form, await order(undefined, {}, { form }), 401, 'sign_in')
    await isRefused(
      form,
      await ask(instance.app, '/tokens', { by: guest, form }),
      403,
      'not_allowed',
    )
  }
})

test('somebody has so many and no more, however many they make at once', async () => {
  const ann = await member(instance)
  const tries = Array.from({ length: limits.tokensPerPerson + 20 }, () => order(ann))
  const answers = await Promise.all(tries)
  assert.ok(answers.every(({ status }) => status === 201 || status === 409))
  const { length } = await tokensOf(ann)
  assert.ok(length <= limits.tokensPerPerson)
  for (let more = length; more < limits.tokensPerPerson; more++) await made(ann)
  await isRefused('json', await order(ann), 409, 'conflict')
  const [first] = await tokensOf(ann)
  assert.ok(first)
  if (first) await expires(first, -1)
  await made(ann, { name: 'in place of the one that expired' })
})

test('one that reads changes nothing, whatever is asked of it', async () => {
  const { token } = await made(await member(instance), { scope: 'read' })
  for (const [path, method] of everything) {
    const answer = await as(token, path, { method })
    if (method === 'GET' || method === 'HEAD') assert.is.not(answer.status, 401, path)
    else await isRefused('json', answer, 403, 'not_allowed')
  }
  const hidden = { method: 'POST', fields: { _method: 'PATCH', name: 'Renamed' } }
  await isRefused('json', await as(token, '/me', hidden), 403, 'not_allowed')
})

test('one that nobody made, that has expired or was ended is refused for everything', async () => {
  const ann = await member(instance)
  const [expired, ended] = [await made(ann), await made(ann)]
  await expires(expired, -1)
  assert.is((await end(ann, ended.id)).status, 200)
  const dead = [expired.token, ended.token, `ntr_${'A'.repeat(43)}`, 'ntr_', 'x', '', '%00', 'ä']
  for (const token of dead) {
    for (const [path, method] of everything) {
      const headers = { ...bearer(token), cookie: ann.cookie }
      const answer = await ask(other.app, path, { method, headers })
      if (method === 'HEAD') assert.is(answer.status, 401)
      else await isRefused('json', answer, 401, 'sign_in')
      assert.is(answer.headers.get('www-authenticate'), 'Bearer error="invalid_token"')
      assert.equal(answer.headers.getSetCookie(), [])
    }
  }
  for (const form of forms) {
    const answer = await ask(instance.app, '/', { form, headers: bearer(expired.token) })
    await isRefused(form, answer, 401, 'sign_in')
  }
  assert.is((await tokensOf(ann)).length, 0)
})

test('what a browser keeps is no token, and a token no cookie', async () => {
  const ann = await member(instance)
  const { token } = await made(ann)
  const [value = ''] = ann.cookie.split('=')[1]?.split('.') ?? []
  for (const shown of [value, `ntr_${value}`, ann.cookie]) {
    assert.is((await as(shown, '/me')).status, 401)
  }
  assert.is((await whoIs(instance, { cookie: `natter=${token}` })).kind, 'visitor')
  const basic = { authorization: `Basic ${btoa('ann:secret')}`, cookie: ann.cookie }
  assert.is((await whoIs(instance, basic)).kind, 'visitor', 'another scheme is nobody’s')
})

test('does nothing that decides over the account', async () => {
  const olga = await owner(instance)
  const { token, id } = await made(olga)
  const [device] = (
    await jsonOf<{ sessions: { id: string }[] }>(ask(instance.app, '/devices', { by: olga }))
  ).sessions
  const asked: [path: string, asked: Asked][] = [
    ['/tokens', {}],
    ['/tokens', { json: { name: 'another', scope: 'write' } }],
    [`/tokens/${id}`, { method: 'DELETE' }],
    ['/devices', {}],
    ['/devices', { method: 'DELETE' }],
    ['/devices', { fields: { _method: 'DELETE' } }],
    ['/sessions', { json: { name: olga.name, password: PASSWORD } }],
    [`/devices/${device?.id}`, { method: 'DELETE' }],
    ['/sessions/current', { method: 'DELETE' }],
    ['/me/password', {}],
    ['/me/password', { method: 'PUT', json: { current: PASSWORD, password: 'another one' } }],
    ['/people', {}],
    ['/people', { json: { name: 'Nobody' } }],
    [`/people/${olga.id}`, { method: 'PATCH', json: { kind: 'member' } }],
    [`/people/${olga.id}/ban`, { method: 'PUT' }],
    ['/enter/x', {}],
    ['/enter/x', { json: {} }],
  ]
  for (const [path, how] of asked) {
    const problem = await isRefused('json', await as(token, path, how), 403, 'not_allowed')
    assert.is(problem?.detail, 'Sign in with a browser for this.', path)
  }
  assert.is((await whoIs(instance, bearer(token))).id, olga.id)
})

test('a program is not held up by the guard against other sites', async () => {
  const { token } = await made(await member(instance))
  const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' }
  const answer = await as(token, '/r/lobby/messages', { json: { body: 'from afar' }, headers })
  assert.is(answer.status, 201)
})

test('what waits with it ends when it is ended, on every instance', async () => {
  const ann = await member(instance)
  const { token, id } = await made(ann)
  const room = await roomOf(instance.app, ann, 'Ann’s own', 'closed')
  const { live } = await jsonOf<PageJson>(as(token, `/r/${room}/messages`))
  const wait = as(token, `/r/${room}/messages?after=${live}&wait=25`, {}, other)
  const stream = as(token, '/me/events', { headers: { accept: 'text/event-stream' } }, other)
  await until(() => other.hub.held === 2)
  await end(ann, id)
  await until(() => other.hub.held === 0)
  assert.is((await wait).status, 200)
  assert.not.match(await (await stream).text(), 'data')
  await isRefused('json', await as(token, `/r/${room}`, {}, other), 401, 'sign_in')
})

test('a stream ends when the token does that asked for it', async () => {
  const ann = await member(instance)
  const dying = await made(ann)
  const lasting = await made(ann)
  await expires(dying, 1.5)
  const headers = { accept: 'text/event-stream' }
  const paths = ['/me/events', '/r/lobby/messages', '/me/events?open=lobby']
  const streams = paths.map((path) => as(dying.token, path, { headers }))
  const leaving = new AbortController()
  const goesOn = as(lasting.token, '/me/events', { headers, signal: leaving.signal })
  await until(() => instance.hub.held === 4)
  for (const stream of streams) assert.is((await stream).status, 200)
  await Promise.all(streams.map(async (stream) => (await stream).text()))
  await until(() => instance.hub.held === 1)
  leaving.abort()
  await (await goesOn).body?.cancel()
  await until(() => instance.hub.held === 0)
})

test('nobody ends another’s, or a device of their own by that address', async () => {
  const [ann, ben] = [await member(instance), await member(instance)]
  const { token, id } = await made(ann)
  await isRefused('json', await end(ben, id), 404, 'not_found')
  const { sessions } = await jsonOf<{ sessions: { id: string }[] }>(
    ask(instance.app, '/devices', { by: ann }),
  )
  assert.is(sessions.length, 1, 'a token is no device')
  await isRefused('json', await end(ann, sessions[0]?.id ?? ''), 404, 'not_found')
  assert.is((await whoIs(instance, bearer(token))).id, ann.id)
})

test('who is banned does nothing by a token either', async () => {
  const olga = await owner(instance)
  const ann = await member(instance)
  const { token } = await made(ann)
  await ask(other.app, `/people/${ann.id}/ban`, { by: olga, method: 'PUT' })
  await isRefused('json', await as(token, '/r/lobby'), 403, 'not_allowed')
})

test('forms work without JavaScript, and what was typed stays', async () => {
  const ann = await member(instance)
  const send = (path: string, fields: Record<string, string>) =>
    ask(instance.app, path, { by: ann, form: 'page', fields })
  const name = '<i>"Bot"'
  const fields = { name, scope: 'read', expires_in: String(30 * 24 * 3600) }
  const page = await send('/tokens', fields)
  isPrivate(page)
  const text = await isIn('page', page, 201)
  assert.match(text, /<code>ntr_[\w-]{43}<\/code>/)
  assert.not.ok(text.includes('<i>'))
  assert.not.match(
    await (await ask(instance.app, '/tokens', { by: ann, form: 'page' })).text(),
    'ntr_',
  )
  const refused = await send('/tokens', { ...fields, scope: 'write', expires_in: '1' })
  assert.is(refused.status, 422)
  assert.match(await refused.text(), 'value="&lt;i&gt;&quot;Bot&quot;"')
  const [token] = await tokensOf(ann)
  const ended = await send(`/tokens/${token?.id}`, { _method: 'DELETE' })
  assert.equal([ended.status, ended.headers.get('location')], [303, '/tokens'])
  assert.equal(await tokensOf(ann), [])
})

test('a thousand that come at once are looked up in a few statements', async () => {
  const { token } = await made(await member(instance))
  let statements = 0
  const query = instance.sql.query.bind(instance.sql)
  instance.sql.query = ((text: string, values?: unknown[]) => {
    statements++
    return query(text, values)
  }) as typeof instance.sql.query
  const answers = await Promise.all(Array.from({ length: 1000 }, () => as(token, '/nowhere')))
  instance.sql.query = query as typeof instance.sql.query
  assert.ok(answers.every(({ status }) => status === 404))
  assert.ok(statements < 20, `${statements}`)
})

test.run()
