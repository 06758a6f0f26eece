import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import { suite } from '../suite.ts'
import { ask } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('signing in from a known device')
const { instance } = startInstances(test, ['instance'])

const PASSWORD = 'a few plain words'

let made = 0
const newName = () => `member ${++made}`

const enter = (name: string, password: string, cookie = '') =>
  ask(instance.app, '/sessions', { json: { name, password }, headers: { cookie } })

/** Makes an account. @returns the cookie by which the browser is known again, and no session. */
async function deviceOf(name: string): Promise<string> {
  const opened = await ask(instance.app, '/accounts', { json: { name, password: PASSWORD } })
  assert.is(opened.status, 201)
  return knownAs(opened)
}

function knownAs(response: Response): string {
  const cookie = response.headers.getSetCookie().find((one) => one.startsWith('natter_device='))
  assert.ok(cookie, 'the browser is remembered')
  assert.match(cookie, /HttpOnly/)
  return cookie.split(';')[0] ?? ''
}

async function lockFromElsewhere(name: string): Promise<void> {
  for (let i = 0; i < limits.signIns; i++) await enter(name, 'wrong wrong wrong')
  const refused = await enter(name, PASSWORD)
  assert.is(refused.status, 429, 'whoever comes from elsewhere waits')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
}

test('who was signed in there before gets in while others try the name in vain', async () => {
  const name = newName()
  const device = await deviceOf(name)
  await lockFromElsewhere(name)
  assert.is((await enter(name, PASSWORD, device)).status, 201)
})

test('signing in makes a device known, beside the accounts that it knew', async () => {
  const [first, second] = [newName(), newName()]
  await deviceOf(second)
  const device = knownAs(await enter(second, PASSWORD, await deviceOf(first)))
  await Promise.all([lockFromElsewhere(first), lockFromElsewhere(second)])
  assert.is((await enter(first, PASSWORD, device)).status, 201)
  assert.is((await enter(second, PASSWORD, device)).status, 201)
})

test('a known device has so many tries as well', async () => {
  const name = newName()
  const device = await deviceOf(name)
  for (let i = 0; i < limits.signIns; i++) {
    assert.is((await enter(name, 'wrong wrong wrong', device)).status, 401)
  }
  assert.is((await enter(name, PASSWORD, device)).status, 429)
})

test('a device is known for its own accounts, and nobody writes that themselves', async () => {
  const [mine, other] = [newName(), newName()]
  const device = await deviceOf(mine)
  await deviceOf(other)
  await lockFromElsewhere(other)
  assert.is((await enter(other, PASSWORD, device)).status, 429)
  const [id = '', ...rest] = device.replace('natter_device=', '').split('.')
  const forged = [`${id}.${rest[0]}.${rest[0]}.${rest.at(-1)}`, `${id}.${rest.at(-1)}`, '....', id]
  for (const cookie of forged) {
    assert.is((await enter(mine, 'wrong wrong wrong', `natter_device=${cookie}`)).status, 401)
  }
})

test('the name of an account does not stand in the cookie', async () => {
  const device = await deviceOf('Somebody Special')
  assert.not.match(Buffer.from(device, 'base64url').toString('latin1'), /special/i)
  assert.not.match(device, /special/i)
})

test.run()
