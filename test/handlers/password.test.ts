import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Asked, ask, forms, join, jsonOf, type Someone } from './ask.ts'
import { isIn, isRefused } from './expect.ts'
import { member, owner, PASSWORD, rowsOf, signIn, whoIs } from './members.ts'
import { startInstances } from './scene.ts'

const test = suite('another password', 60)
const { database, instance, other } = startInstances(test, ['instance', 'other'])

const NEW = 'quite another one'

const change = (by: Someone | undefined, json: object = {}, asked: Asked = {}) =>
  ask(instance.app, '/me/password', {
    by,
    method: 'PUT',
    json: { current: PASSWORD, password: NEW, ...json },
    ...asked,
  })

const enter = (name: string, password: string) =>
  ask(instance.app, '/sessions', { json: { name, password } })

test('takes the place of the one before, and ends all other sessions everywhere', async () => {
  const ann = await member(instance)
  const phone = await signIn(other, ann.name)
  const made = await ask(instance.app, '/tokens', { by: ann, json: { name: 'x', scope: 'read' } })
  const { token } = await jsonOf<{ token: string }>(made)
  assert.is((await change(ann)).status, 200)
  for (const at of [instance, other]) {
    await until(async () => (await whoIs(at, phone)).kind === 'visitor')
    assert.is((await whoIs(at, ann)).kind, 'member', 'this one stays')
    const answer = await ask(at.app, '/me', { headers: { authorization: `Bearer ${token}` } })
    await isRefused('json', answer, 401, 'sign_in')
  }
  assert.is((await enter(ann.name, PASSWORD)).status, 401)
  assert.is((await enter(ann.name, NEW)).status, 201)
})

test('a link to sign in that was handed out before is worth nothing after', async () => {
  const [olga, ann] = [await owner(instance), await member(instance)]
  const made = await ask(instance.app, `/people/${ann.id}/link`, { by: olga, method: 'POST' })
  const { url } = await jsonOf<{ url: string }>(made)
  await change(ann)
  assert.is((await ask(instance.app, new URL(url).pathname)).status, 404)
})

test('is not set by who does not know the one before, or sets none that is good', async () => {
  const ann = await member(instance)
  const phone = await signIn(instance, ann.name)
  const wrong = [
    [{ current: 'not that one' }, 'current'],
    [{ current: '' }, 'current'],
    [{ current: 'x'.repeat(100_000) }, 'current'],
    [{ password: 'short' }, 'password'],
    [{ password: '' }, 'password'],
    [{ password: 'x'.repeat(limits.passwordCharsMax + 1) }, 'password'],
  ] as const
  for (const [json, field] of wrong) {
    const problem = await isRefused('json', await change(ann, json), 422, 'invalid')
    assert.equal(Object.keys(problem?.fields ?? {}), [field])
  }
  assert.is((await whoIs(instance, phone)).kind, 'member')
  assert.is((await enter(ann.name, PASSWORD)).status, 201)
})

test('who tries too often waits, here and where one signs in', async () => {
  const ann = await member(instance)
  const tries = Array.from({ length: limits.signIns }, () => change(ann, { current: 'guess it' }))
  for (const answer of await Promise.all(tries)) assert.is(answer.status, 422)
  await isRefused('json', await change(ann), 429, 'slow_down')
  await isRefused('json', await enter(ann.name, PASSWORD), 429, 'slow_down')
})

test('who has none sets one without', async () => {
  const ann = await member(instance)
  await rowsOf(database.env, 'update accounts set password = null where person_id = $1', [ann.id])
  assert.equal(await jsonOf(ask(instance.app, '/me/password', { by: ann })), {
    has_password: false,
  })
  const page = await ask(instance.app, '/me/password', { by: ann, form: 'page' })
  assert.not.match(await page.text(), 'name="current"')
  assert.is((await change(ann, { current: undefined })).status, 200)
  assert.is((await enter(ann.name, NEW)).status, 201)
})

test('of two who change it at once one does', async () => {
  const ann = await member(instance)
  const phone = await signIn(other, ann.name)
  const answers = await Promise.all([change(ann), change(phone, { password: 'a third one' })])
  const statuses = answers.map(({ status }) => status).sort()
  assert.is(statuses[0], 200)
  assert.is.not(statuses[1], 200)
})

test('is for people with an account', async () => {
  for (const form of forms) {
    const guest = await join(instance.app, 'guest')
    await isRefused(form, await change(guest, {}, { form }), 403, 'not_allowed')
    await isRefused(form, await change(undefined, {}, { form }), 401, 'sign_in')
  }
})

test('works without JavaScript, and no password stands in a page', async () => {
  const ann = await member(instance)
  for (const form of forms) {
    await isIn(form, await ask(instance.app, '/me/password', { by: ann, form }))
  }
  const send = (fields: Record<string, string>) =>
    change(ann, {}, { form: 'page', method: 'POST', json: undefined, fields })
  const typed = { _method: 'PUT', current: 'wrong but secret', password: 'new and secret' }
  const refused = await send(typed)
  const text = await refused.clone().text()
  await isRefused('page', refused, 422, 'invalid')
  assert.match(text, 'name="current"')
  assert.not.match(text, /and secret|but secret/)
  const changed = await send({ ...typed, current: PASSWORD })
  assert.equal([changed.status, changed.headers.get('location')], [303, '/me'])
  assert.is((await enter(ann.name, typed.password)).status, 201)
})

test('another site’s page sets none', async () => {
  const headers = { origin: 'https://elsewhere.example' }
  await isRefused('json', await change(await member(instance), {}, { headers }), 403, 'not_allowed')
})

test.run()
