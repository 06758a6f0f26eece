import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as assert from 'uvu/assert'
import { ConfigError, readConfig } from '../../handlers/config.ts'
import { limits } from '../../handlers/limits.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { openProvider } from '../oidc/provider.ts'
import { walk } from '../oidc/walk.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask } from './ask.ts'
import { isRefused } from './expect.ts'
import { begin, CALLBACK, comeBack, signedIn, signIn } from './single-sign-on.ts'

const test = suite('a provider that is away, or not there', 60)

let database: TestDatabase

test.before(async () => {
  database = await migratedDatabase()
})
test.after(() => database.drop())

async function withInstance(env: object, work: (at: Instance) => Promise<void>): Promise<void> {
  const instance = await startInstance({ ...database.env, ...env })
  try {
    await work(instance)
  } finally {
    await instance.stop()
  }
}

test('without a provider there is no such address, and no word of it', () =>
  withInstance({}, async (at) => {
    for (const path of ['/oidc', '/oidc/callback', '/login']) {
      await isRefused('page', await ask(at.app, path, { form: 'page' }), 404, 'not_found')
    }
    const link = await ask(at.app, '/oidc/link', { method: 'POST' })
    await isRefused('json', link, 404, 'not_found')
    const page = await (await ask(at.app, '/me', { form: 'page' })).text()
    assert.not.match(page, /oidc|Sign in with (?!a passkey)/)
  }))

test('a provider that is away is told of, and found when it is back, without a restart', async () => {
  const provider = await openProvider([CALLBACK])
  await provider.shut()
  await withInstance(provider.env, async (at) => {
    for (let tries = 0; tries < 2; tries++) {
      const answer = await ask(at.app, '/oidc', { form: 'page' })
      assert.ok(Number(answer.headers.get('retry-after')) > 0)
      await isRefused('page', answer, 503, 'unavailable')
      assert.match(await answer.text(), /single sign-on does not work just now.*Try again/s)
    }
    assert.match(at.lines.join('\n'), /single sign-on reason="discovery ECONNREFUSED"/)
    await provider.open()
    await signedIn(at, await signIn(at, 'patient-pat'))
  })
  await provider.shut()
})

test('a provider that goes away before they are back signs nobody in, and is no fault of ours', async () => {
  const provider = await openProvider([CALLBACK])
  await withInstance(provider.env, async (at) => {
    const attempt = await begin(at)
    const came = await walk(attempt.url, 'late-lea')
    await provider.shut()
    await isRefused('page', await comeBack(at, came, attempt), 503, 'unavailable')
  })
})

test('who would be one too many to wait for a provider that says nothing is told so at once', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const env = { OIDC_ISSUER: `http://127.0.0.1:${port}`, OIDC_CLIENT_ID: 'natter' }
  await withInstance(env, async (at) => {
    const waiting = Array.from({ length: limits.providerAtOnce }, () => ask(at.app, '/oidc'))
    await once(server, 'request')
    await isRefused('json', await ask(at.app, '/oidc'), 503, 'unavailable')
    server.close()
    server.closeAllConnections()
    for (const answer of await Promise.all(waiting)) assert.is(answer.status, 503)
  })
})

test('what answers, but is no provider, is told of in the same words', async () => {
  const server = createServer((_, answer) => answer.end('<h1>Welcome</h1>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await withInstance(
    { OIDC_ISSUER: `http://127.0.0.1:${port}`, OIDC_CLIENT_ID: 'natter' },
    async (at) => {
      const answer = await ask(at.app, '/oidc', { form: 'page' })
      await isRefused('page', answer, 503, 'unavailable')
      assert.not.match(await answer.text(), /Welcome/)
    },
  )
  server.close()
  server.closeAllConnections()
})

test('a client whose secret the provider does not know signs nobody in', async () => {
  const provider = await openProvider([CALLBACK])
  await withInstance({ ...provider.env, OIDC_CLIENT_SECRET: 'not that one' }, async (at) => {
    await isRefused('page', await signIn(at, 'unlucky-una'), 401, 'sign_in')
    assert.match(at.lines.join('\n'), /single sign-on reason=invalid_client/)
  })
  await provider.shut()
})

test('however the provider wants the secret shown, or without one, people sign in', async () => {
  const [basic, post, none] = ['client_secret_basic', 'client_secret_post', 'none']
  const ways: [client: object, settings: object, secret?: string][] = [
    [{ token_endpoint_auth_method: basic }, { clientAuthMethods: [basic] }],
    [{ token_endpoint_auth_method: post }, { clientAuthMethods: [post] }],
    [{ token_endpoint_auth_method: post }, {}],
    [{ token_endpoint_auth_method: none, client_secret: undefined }, {}, ''],
  ]
  for (const [client, settings, secret] of ways) {
    const provider = await openProvider([CALLBACK], client, settings)
    const own = secret === undefined ? {} : { OIDC_CLIENT_SECRET: secret }
    await withInstance({ ...provider.env, ...own }, async (at) => {
      for (const login of ['punctual-pia', 'punctual-pat'])
        await signedIn(at, await signIn(at, login))
    })
    await provider.shut()
  }
})

test('the address that people use is where the provider leads back to', async () => {
  const provider = await openProvider(['https://chat.example.org/oidc/callback'])
  const env = { ...provider.env, NATTER_URL: 'https://chat.example.org/' }
  await withInstance(env, async (at) => {
    const answer = await signIn(at, 'distant-dan')
    await signedIn(at, answer)
  })
  await provider.shut()
})

const oidc = { OIDC_ISSUER: 'https://id.example.org', OIDC_CLIENT_ID: 'natter' }

test('settings that cannot be meant are refused with what to do', () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ OIDC_ISSUER: 'id.example.org' }, /OIDC_ISSUER must be an address/],
    [{ OIDC_ISSUER: 'ftp://id.example.org' }, /OIDC_ISSUER must be an address/],
    [{ OIDC_ISSUER: 'https://a:b@id.example.org' }, /OIDC_ISSUER must be an address/],
    [{ OIDC_ISSUER: 'https://id.example.org' }, /Set OIDC_CLIENT_ID/],
    [{ ...oidc, OIDC_ISSUER: 'http://id.example.org' }, /OIDC_INSECURE=1/],
    [{ ...oidc, OIDC_ISSUER: 'http://localhost.example.org' }, /OIDC_INSECURE=1/],
    [{ NATTER_URL: 'https://example.org/chat' }, /NATTER_URL is .*no path/],
    [{ NATTER_URL: 'chat' }, /NATTER_URL is /],
    [{ LOGIN_HEADER: 'Remote-User' }, /set LOGIN_PROXIES/],
    [{ LOGIN_HEADER: 'Remote User', LOGIN_PROXIES: '10.0.0.1' }, /letters, digits and hyphens/],
  ]
  for (const [env, says] of wrong) {
    assert.throws(
      () => readConfig(env),
      (error: Error) => error instanceof ConfigError && says.test(error.message),
      JSON.stringify(env),
    )
  }
})

test('what is not set has a sensible value', () => {
  assert.is(readConfig({}).oidc, undefined)
  assert.is(readConfig({ OIDC_CLIENT_ID: 'natter' }).oidc, undefined)
  assert.equal(readConfig(oidc).oidc, {
    issuer: 'https://id.example.org',
    clientId: 'natter',
    clientSecret: undefined,
    name: 'single sign-on',
    scopes: 'openid profile',
  })
  const lan = { ...oidc, OIDC_ISSUER: 'http://id.lan', OIDC_INSECURE: '1', OIDC_SCOPES: 'email' }
  assert.is(readConfig(lan).oidc?.scopes, 'openid email')
  assert.ok(readConfig({ ...oidc, OIDC_ISSUER: 'http://127.0.0.1:9000' }).oidc)
  assert.is(
    readConfig({ NATTER_URL: 'https://chat.example.org/' }).publicUrl,
    'https://chat.example.org',
  )
})

test.run()
