import pg from 'pg'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { connection } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { startInstance } from './app.ts'
import {
  type Asked,
  ask,
  cookieOf,
  forms,
  join,
  jsonOf,
  type PersonJson,
  type Someone,
} from './ask.ts'
import {
  base64url,
  type CreationJson,
  type Lies,
  Passkey,
  type RequestJson,
} from './authenticator.ts'
import { isIn, isRefused } from './expect.ts'
import { startInstances } from './scene.ts'

const test = suite('passkeys', 60)
const { database, instance, other } = startInstances(test, ['instance', 'other'])

const ORIGIN = 'http://localhost'

type PasskeyJson = { id: string; name: string; created_at: string; used_at: string | null }

let made = 0

async function member(): Promise<Someone> {
  const name = `holder ${++made}`
  const fields = { name, password: 'a few plain words' }
  const response = await ask(instance.app, '/accounts', { json: fields })
  assert.is(response.status, 201)
  const { id } = await jsonOf<PersonJson>(response.clone())
  return { id, name, cookie: cookieOf(response) }
}

const optionsFor = (by: Someone, asked: Asked = {}) =>
  jsonOf<CreationJson>(ask(instance.app, '/challenges/passkeys', { method: 'POST', by, ...asked }))

const optionsToSignIn = (at = instance, asked: Asked = {}) =>
  jsonOf<RequestJson>(ask(at.app, '/challenges/sessions/passkey', { method: 'POST', ...asked }))

const send = (credential: unknown, rest: Record<string, string> = {}) => ({
  json: { credential: JSON.stringify(credential), ...rest },
})

/** Makes a passkey and registers it. */
async function add(by: Someone, lies: Lies = {}, rest: Record<string, string> = {}) {
  const passkey = new Passkey(ORIGIN)
  const credential = passkey.create(await optionsFor(by), lies)
  const response = await ask(instance.app, '/passkeys', { by, ...send(credential, rest) })
  return { passkey, response, credential }
}

async function holder(): Promise<{ ann: Someone; passkey: Passkey }> {
  const ann = await member()
  const { passkey, response } = await add(ann)
  assert.is(response.status, 201, await response.clone().text())
  return { ann, passkey }
}

/** Signs in with a passkey, as somebody without a cookie unless said otherwise. */
async function enter(passkey: Passkey, lies: Lies = {}, at = instance, asked: Asked = {}) {
  const credential = passkey.show(await optionsToSignIn(at), lies)
  return ask(at.app, '/sessions/passkey', { ...send(credential), ...asked })
}

const me = (cookie: string, at = instance) =>
  jsonOf<PersonJson>(ask(at.app, '/me', { headers: { cookie } }))

const listOf = async (by: Someone) =>
  (await jsonOf<{ passkeys: PasskeyJson[] }>(ask(instance.app, '/passkeys', { by }))).passkeys

async function run(text: string, values: unknown[] = []): Promise<object[]> {
  const client = new pg.Client(connection(database.env))
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

test('a member adds a passkey, and signs in with it at another instance, without a name', async () => {
  const { ann, passkey } = await holder()
  const response = await enter(passkey, {}, other)
  assert.is(response.status, 201)
  assert.is((await jsonOf<PersonJson>(response.clone())).id, ann.id)
  for (const at of [instance, other]) assert.is((await me(cookieOf(response), at)).id, ann.id)
})

test('a passkey is asked for that its device finds by itself, and that is new to the person', async () => {
  const { ann, passkey } = await holder()
  const options = await optionsFor(ann)
  assert.is(options.authenticatorSelection.residentKey, 'required')
  assert.is(options.authenticatorSelection.userVerification, 'preferred')
  assert.equal(
    options.excludeCredentials.map(({ id }) => id),
    [passkey.id],
  )
  assert.is(options.user.name, ann.name)
  const asked = await optionsToSignIn()
  assert.is(asked.userVerification, 'preferred')
  assert.not('allowCredentials' in asked)
})

test('an authenticator knows a person by a word that tells nobody who they are, always the same', async () => {
  const [ann, ben] = [await member(), await member()]
  const words = [await optionsFor(ann), await optionsFor(ann), await optionsFor(ben)].map(
    ({ user }) => user.id,
  )
  assert.is(words[0], words[1])
  assert.is.not(words[0], words[2])
  assert.match(words[0] ?? '', /^[\w-]{43}$/)
})

test('a passkey is called as its person wants, or else like the device', async () => {
  const ann = await member()
  const named = await add(ann, {}, { name: '  The   blue key ' })
  const { name, used_at, ...kept } = await jsonOf<PasskeyJson>(named.response)
  assert.equal([name, used_at, kept.id], ['The blue key', null, named.passkey.id])
  await add(ann)
  assert.equal(
    (await listOf(ann)).map((one) => one.name),
    ['The blue key', 'A program'],
  )
  await enter(named.passkey)
  assert.ok((await listOf(ann))[0]?.used_at)
  for (const bad of ['', ' ', 'x'.repeat(limits.nameChars + 1)]) {
    const { response } = await add(ann, {}, { name: bad })
    await isRefused('json', response, 422, 'invalid')
  }
})

test('my passkeys in each form', async () => {
  const { ann, passkey } = await holder()
  for (const form of forms) {
    const body = await isIn(form, await ask(instance.app, '/passkeys', { by: ann, form }))
    assert.ok(body.includes(passkey.id), form)
    await isIn(form, await ask(instance.app, '/passkeys', { by: await member(), form }))
  }
})

test('signing in ends the session that was shown, and each instance is told', async () => {
  const { passkey } = await holder()
  const guest = await join(instance.app, 'borrowed-browser')
  const response = await enter(passkey, {}, instance, { by: guest })
  assert.is(response.status, 201)
  for (const at of [instance, other]) {
    await until(async () => (await me(guest.cookie, at)).kind === 'visitor')
  }
  const logged = await run('select type, person_id from server_log order by seq desc limit 1')
  assert.equal(logged, [{ type: 'session.ended', person_id: guest.id }])
})

test('an answer is good once, for signing in and for a new passkey', async () => {
  const { ann, passkey } = await holder()
  const credential = passkey.show(await optionsToSignIn())
  const [first, second] = [await sign(credential), await sign(credential, other)]
  assert.is(first.status, 201)
  await isRefused('json', second, 401, 'sign_in')
  const answers = await add(ann)
  assert.is(answers.response.status, 201)
  const again = await ask(instance.app, '/passkeys', { by: ann, ...send(answers.credential) })
  await isRefused('json', again, 422, 'invalid')
})

const sign = (credential: unknown, at = instance) =>
  ask(at.app, '/sessions/passkey', send(credential))

test('of the same answer sent to two instances at once, one is taken', async () => {
  const { passkey } = await holder()
  const credential = passkey.show(await optionsToSignIn())
  const answers = await Promise.all([instance, other].map((at) => sign(credential, at)))
  assert.equal(answers.map(({ status }) => status).sort(), [201, 401])
})

test('an answer that was refused has used its challenge as well', async () => {
  const { passkey } = await holder()
  const options = await optionsToSignIn()
  await isRefused('json', await sign(passkey.show(options, { origin: 'x:' })), 401, 'sign_in')
  await isRefused('json', await sign(passkey.show(options)), 401, 'sign_in')
})

test('an answer that comes too late is refused', async () => {
  const { ann, passkey } = await holder()
  const options = [await optionsToSignIn(), await optionsFor(ann)] as const
  await run(`update passkey_challenges set expires_at = now() - interval '1 second'`)
  await isRefused('json', await sign(passkey.show(options[0])), 401, 'sign_in')
  const credential = new Passkey(ORIGIN).create(options[1])
  const late = await ask(instance.app, '/passkeys', { by: ann, ...send(credential) })
  await isRefused('json', late, 422, 'invalid')
})

test('challenges that nobody answered in time are swept when new ones are made', async () => {
  await Promise.all(Array.from({ length: 20 }, () => optionsToSignIn()))
  await run(`update passkey_challenges set expires_at = now() - interval '1 second'`)
  await Promise.all(Array.from({ length: 4 }, (_, i) => optionsToSignIn(i % 2 ? instance : other)))
  await optionsToSignIn()
  assert.equal(await run('select count(*)::int as left from passkey_challenges'), [{ left: 5 }])
})

test('a challenge of one person, or of one purpose, is none for another', async () => {
  const { ann, passkey } = await holder()
  const ben = await member()
  const credential = new Passkey(ORIGIN).create(await optionsFor(ben))
  const stolen = await ask(instance.app, '/passkeys', { by: ann, ...send(credential) })
  await isRefused('json', stolen, 422, 'invalid')
  const { challenge } = await optionsFor(ann)
  const misused = passkey.show({ ...(await optionsToSignIn()), challenge })
  await isRefused('json', await sign(misused), 401, 'sign_in')
})

test('what is made at another address is refused', async () => {
  const ann = await member()
  const lies: Lies[] = [
    { origin: 'https://elsewhere.example' },
    { origin: 'https://localhost' },
    { origin: 'http://localhost:8001' },
    { rpId: 'elsewhere.example' },
  ]
  for (const lie of lies) {
    await isRefused('json', (await add(ann, lie)).response, 422, 'invalid')
  }
  const { passkey } = await add(ann)
  for (const lie of lies) await isRefused('json', await enter(passkey, lie), 401, 'sign_in')
  assert.is((await listOf(ann)).length, 1)
})

test('one sentence for a passkey nobody has, for a wrong signature and for another’s id', async () => {
  const [{ ann, passkey }, { passkey: bens }] = [await holder(), await holder()]
  const stranger = new Passkey(ORIGIN)
  stranger.userHandle = passkey.userHandle
  const answers = [
    await enter(stranger),
    await enter(stranger, { id: passkey.id }),
    await enter(passkey, { id: bens.id }),
    await enter(passkey, { id: bens.id, userHandle: bens.userHandle }),
    await enter(passkey, { userHandle: bens.userHandle }),
    await enter(passkey, { userHandle: base64url(Buffer.from(ann.id)) }),
  ]
  const said = new Set<string | undefined>()
  for (const response of answers) {
    said.add((await isRefused('json', response, 401, 'sign_in'))?.detail)
    assert.equal(response.headers.getSetCookie(), [])
  }
  assert.is(said.size, 1)
})

test('a copy of a passkey is found out by its counter', async () => {
  const { passkey } = await holder()
  assert.is((await enter(passkey)).status, 201)
  assert.is((await enter(passkey)).status, 201)
  for (const counter of [2, 1, 0]) {
    await isRefused('json', await enter(passkey, { counter }), 401, 'sign_in')
  }
  assert.is((await enter(passkey, { counter: 3 })).status, 201)
})

test('a passkey that does not count signs in again and again', async () => {
  const { passkey } = await holder()
  for (let time = 1; time <= 3; time++) {
    assert.is((await enter(passkey, { counter: 0 })).status, 201)
  }
})

test('who is banned is not let in by a passkey, and adds none', async () => {
  const { ann, passkey } = await holder()
  await run('update people set banned_at = now() where id = $1', [ann.id])
  await isRefused('json', await enter(passkey), 403, 'not_allowed')
  assert.is.not((await add(ann)).response.status, 201)
})

test('visitors and guests are told that passkeys are for accounts, in each form', async () => {
  const guest = await join(instance.app, 'passing-fox')
  const { id } = new Passkey(ORIGIN)
  for (const form of forms) {
    for (const [path, method] of [
      ['/passkeys', 'GET'],
      ['/passkeys', 'POST'],
      ['/challenges/passkeys', 'POST'],
      [`/passkeys/${id}`, 'DELETE'],
    ] as const) {
      const asked = { method, form }
      await isRefused(form, await ask(instance.app, path, asked), 401, 'sign_in')
      const refused = await ask(instance.app, path, { ...asked, by: guest })
      await isRefused(form, refused, 403, 'not_allowed')
    }
  }
})

test('a passkey that was removed opens nothing any more', async () => {
  const { ann, passkey } = await holder()
  const response = await ask(instance.app, `/passkeys/${passkey.id}`, { method: 'DELETE', by: ann })
  assert.is(response.status, 200)
  assert.equal(await jsonOf(response), { passkeys: [] })
  await isRefused('json', await enter(passkey), 401, 'sign_in')
  const again = await ask(instance.app, `/passkeys/${passkey.id}`, { method: 'DELETE', by: ann })
  await isRefused('json', again, 404, 'not_found')
})

test('a passkey is removed by a form without JavaScript', async () => {
  const { ann, passkey } = await holder()
  const fields = { _method: 'DELETE' }
  const path = `/passkeys/${passkey.id}`
  const response = await ask(instance.app, path, { form: 'page', by: ann, fields })
  assert.equal([response.status, response.headers.get('location')], [303, '/passkeys'])
  assert.equal(await listOf(ann), [])
})

test('nobody removes another’s passkey, which looks like one that is not there', async () => {
  const { ann, passkey } = await holder()
  const ben = await member()
  for (const id of [passkey.id, new Passkey(ORIGIN).id, 'x', '-', 'é', 'A'.repeat(5000)]) {
    const path = `/passkeys/${encodeURIComponent(id)}`
    const refused = await ask(instance.app, path, { method: 'DELETE', by: ben })
    await isRefused('json', refused, 404, 'not_found')
  }
  assert.is((await listOf(ann)).length, 1)
})

test('a passkey that is here already is not taken for another person', async () => {
  const { passkey } = await holder()
  const ben = await member()
  await isRefused('json', (await add(ben, { id: passkey.id })).response, 409, 'conflict')
  assert.equal(await listOf(ben), [])
})

test('a person has so many passkeys and no more', async () => {
  const ann = await member()
  for (let n = 1; n < limits.passkeys; n++) await add(ann)
  const options = await optionsFor(ann)
  assert.is((await add(ann)).response.status, 201)
  const more = await ask(instance.app, '/challenges/passkeys', { method: 'POST', by: ann })
  await isRefused('json', more, 409, 'conflict')
  const credential = new Passkey(ORIGIN).create(options)
  const late = await ask(instance.app, '/passkeys', { by: ann, ...send(credential) })
  await isRefused('json', late, 409, 'conflict')
  assert.is((await listOf(ann)).length, limits.passkeys)
})

test('behind a proxy passkeys belong to the name and the scheme that people use', async () => {
  const ann = await member()
  const headers = { host: 'chat.example:8443', 'x-forwarded-proto': 'https' }
  const options = await optionsFor(ann, { headers })
  assert.is(options.rp.id, 'chat.example')
  const passkey = new Passkey('https://chat.example:8443')
  const credential = passkey.create(options)
  const added = await ask(instance.app, '/passkeys', { by: ann, headers, ...send(credential) })
  assert.is(added.status, 201)
  const shown = passkey.show(await optionsToSignIn(instance, { headers }))
  const entered = await ask(instance.app, '/sessions/passkey', { headers, ...send(shown) })
  assert.is(entered.status, 201)
  assert.match(entered.headers.getSetCookie()[0] ?? '', /; Secure/)
})

test('where the settings name the address that people use, that one holds', async () => {
  const named = await startInstance({ ...database.env, NATTER_URL: 'https://chat.example/' })
  try {
    const headers = { host: 'backend:3000' }
    const options = await optionsToSignIn(named, { headers })
    assert.is(options.rpId, 'chat.example')
    const { passkey } = await holder()
    const lies = { origin: 'https://chat.example' }
    const shown = passkey.show(options, lies)
    const entered = await ask(named.app, '/sessions/passkey', { headers, ...send(shown) })
    assert.is(entered.status, 201)
  } finally {
    await named.stop()
  }
})

test('an address in the settings that is none is refused at the start', async () => {
  for (const url of ['chat.example', 'ftp://chat.example', 'https://chat.example/natter', '//x']) {
    const failed = await startInstance({ ...database.env, NATTER_URL: url }).catch(String)
    assert.match(String(failed), /NATTER_URL (is|must be)/)
  }
})

test('another site’s page adds, removes and uses no passkey', async () => {
  const { ann, passkey } = await holder()
  const headers = { origin: 'https://elsewhere.example' }
  for (const [path, method] of [
    ['/passkeys', 'POST'],
    ['/challenges/passkeys', 'POST'],
    ['/sessions/passkey', 'POST'],
    ['/challenges/sessions/passkey', 'POST'],
    [`/passkeys/${passkey.id}`, 'DELETE'],
  ] as const) {
    const refused = await ask(instance.app, path, { method, by: ann, headers })
    await isRefused('json', refused, 403, 'not_allowed')
  }
  assert.is((await listOf(ann)).length, 1)
})

test.run()
