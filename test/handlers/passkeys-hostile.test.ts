import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { seedOf, times } from '../random.ts'
import { suite } from '../suite.ts'
import { ask, cookieOf, jsonOf, type Someone } from './ask.ts'
import {
  base64url,
  type CreationJson,
  type Credential,
  cbor,
  type Lies,
  Passkey,
  type RequestJson,
} from './authenticator.ts'
import { isRefused } from './expect.ts'
import { startInstances } from './scene.ts'

const test = suite('passkeys, when what comes is none', 60)
const { instance } = startInstances(test, ['instance'])

let ann: Someone

test.before(async () => {
  const fields = { name: 'ann', password: 'a few plain words' }
  const response = await ask(instance.app, '/accounts', { json: fields })
  ann = { id: '', name: 'ann', cookie: cookieOf(response) }
})

const created = async (lies: Lies = {}) => {
  // A part that is replaced may do as well: one has no more than so many.
  await instance.sql.query('delete from passkeys')
  const options = ask(instance.app, '/challenges/passkeys', { method: 'POST', by: ann })
  return new Passkey('http://localhost').create(await jsonOf<CreationJson>(options), lies)
}

const shown = async () => {
  const options = ask(instance.app, '/challenges/sessions/passkey', { method: 'POST' })
  const passkey = new Passkey('http://localhost')
  passkey.userHandle = base64url(Buffer.from('somebody'))
  return passkey.show(await jsonOf<RequestJson>(options))
}

const register = (credential: string) =>
  ask(instance.app, '/passkeys', { by: ann, json: { credential } })

const enter = (credential: string) =>
  ask(instance.app, '/sessions/passkey', { json: { credential } })

const ways = [
  ['a new passkey', created, register],
  ['signing in', shown, enter],
] as const

/** The same with one part of its answer replaced. */
const but = (credential: Credential, part: string, value: unknown): Credential => ({
  ...credential,
  response: { ...credential.response, [part]: value },
})

const word = (value: unknown): string => base64url(Buffer.from(JSON.stringify(value)))

const parts = {
  clientDataJSON: [word({}), word(null), word([]), word({ challenge: 7 }), word({ challenge: '' })],
  attestationObject: [
    cbor([]),
    cbor('none'),
    cbor(new Map([['fmt', 'none']])),
    Buffer.from([0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    Buffer.alloc(20_000, 0x81),
  ].map(base64url),
  authenticatorData: [base64url(Buffer.alloc(36)), base64url(Buffer.alloc(60_000, 0xff))],
  signature: [base64url(Buffer.alloc(1)), base64url(Buffer.alloc(50_000))],
}

for (const [what, make, send] of ways) {
  test(`${what}: what is no JSON object is malformed`, async () => {
    for (const text of ['', 'x', '7', 'null', '[]', '"{}"', '{', '['.repeat(100_000)]) {
      await isRefused('json', await send(text), 400, 'malformed')
    }
    const path = send === register ? '/passkeys' : '/sessions/passkey'
    for (const json of [{}, { credential: 7 }, { credential: true }]) {
      await isRefused('json', await ask(instance.app, path, { by: ann, json }), 400, 'malformed')
    }
  })

  test(`${what}: a part that is missing or of another kind is invalid`, async () => {
    const good = await make()
    const bad = [undefined, null, 7, '', 'é', 'a b', '=', {}, ['x'], true]
    for (const part of Object.keys(good.response).filter((name) => name !== 'transports')) {
      for (const value of bad) {
        await isRefused('json', await send(JSON.stringify(but(good, part, value))), 422, 'invalid')
      }
    }
    for (const part of Object.keys(good)) {
      for (const value of bad) {
        const text = JSON.stringify({ ...good, [part]: value })
        await isRefused('json', await send(text), 422, 'invalid')
      }
    }
    const long = base64url(Buffer.alloc(limits.credentialIdBytesMax + 1))
    const short = base64url(Buffer.alloc(limits.credentialIdBytesMin - 1))
    for (const id of [long, short]) {
      const text = JSON.stringify({ ...good, id, rawId: id })
      await isRefused('json', await send(text), 422, 'invalid')
    }
  })

  test(`${what}: what cannot be read inside a part is refused`, async () => {
    for (const [part, values] of Object.entries(parts)) {
      for (const value of values) {
        const good = await make()
        if (!(part in good.response)) continue
        const response = await send(JSON.stringify(but(good, part, value)))
        assert.ok([401, 422].includes(response.status), `${part}: ${response.status}`)
      }
    }
  })

  test(`${what}: whatever is in it, nothing of the server breaks`, async () => {
    const value = fc.oneof(fc.json({ noUnicodeString: false }), fc.string(), fc.base64String())
    const bytes = fc.uint8Array({ maxLength: 400 }).map(base64url)
    const noise = fc.oneof(bytes, value)
    await fc.assert(
      fc.asyncProperty(fc.nat(9), noise, async (which, with_) => {
        const good = await make()
        const names = Object.keys(good.response)
        const name = names[which % names.length] ?? ''
        const response = await send(JSON.stringify(but(good, name, with_)))
        assert.ok(response.status < 500, `${name}: ${response.status}`)
      }),
      { seed: seedOf(`${what} with noise`), numRuns: times(30, 300) },
    )
  })

  test(`${what}: what does not fit into a body is refused before it is looked at`, async () => {
    await isRefused('json', await send('x'.repeat(limits.bodyBytes)), 413, 'too_large')
  })
}

test('a certificate is not looked at, since none is asked for', async () => {
  const certified = await register(JSON.stringify(await created({ attestation: 'certified' })))
  await isRefused('json', certified, 422, 'invalid')
  const own = await register(JSON.stringify(await created({ attestation: 'self' })))
  assert.is(own.status, 201, 'browsers pass on that a key vouches for itself')
})

test('only the ways to reach an authenticator that there are are kept', async () => {
  const added = await register(JSON.stringify(await created()))
  const { id } = await jsonOf<{ id: string }>(added)
  const options = ask(instance.app, '/challenges/passkeys', { method: 'POST', by: ann })
  const { excludeCredentials } = await jsonOf<{ excludeCredentials: object[] }>(options)
  const known = excludeCredentials.find((one) => 'id' in one && one.id === id)
  assert.equal(known, { id, transports: ['internal'], type: 'public-key' })
})

test('nothing of a credential is in the log', () => {
  assert.not.match(instance.lines.join('\n'), /clientDataJSON|webauthn|"challenge"|public-key/)
})

test.run()
