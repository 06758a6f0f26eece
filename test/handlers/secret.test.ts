/** What signs the cookies, and how it is changed. */
import * as assert from 'uvu/assert'
import { rotateSecret } from '../../handlers/chat/server.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, cookieOf, join, jsonOf, type PersonJson } from './ask.ts'

const test = suite('the secret that signs the cookies')

let database: TestDatabase
let instance: Instance
let other: Instance

test.before.each(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
  other = await startInstance(database.env)
})
test.after.each(async () => {
  await Promise.all([instance.stop(), other.stop()])
  await database.drop()
})

const nameOf = async (at: Instance, cookie: string) =>
  (await jsonOf<PersonJson>(ask(at.app, '/me', { headers: { cookie } }))).name

/** Changes it, and waits until both instances have learnt of it. */
async function rotate(): Promise<void> {
  const before = instance.secret().now
  // An instance follows the server's log while it is asked for anything.
  const learnt = (at: Instance) => {
    at.engine.known.find('', 'lobby')
    return at.secret().now !== before
  }
  await rotateSecret(instance.sql)
  await until(() => [instance, other].map(learnt).every(Boolean))
}

test('whoever is signed in stays so, and is signed anew by the first answer', async () => {
  const ann = await join(instance.app, 'ann')
  await rotate()
  for (const at of [instance, other]) assert.is(await nameOf(at, ann.cookie), 'ann')
  const renewed = cookieOf(await ask(other.app, '/me', { by: ann }))
  assert.is.not(renewed, ann.cookie)
  await rotate()
  for (const at of [instance, other]) assert.is(await nameOf(at, renewed), 'ann')
})

test('what the secret before the last one signed is worth nothing any more', async () => {
  const ann = await join(instance.app, 'ann')
  await rotate()
  await rotate()
  for (const at of [instance, other]) assert.is(await nameOf(at, ann.cookie), null)
})

test('a cookie that is signed as it should be is left alone', async () => {
  const ann = await join(instance.app, 'ann')
  await rotate()
  const renewed = cookieOf(await ask(instance.app, '/me', { by: ann }))
  const again = await ask(instance.app, '/me', { headers: { cookie: renewed } })
  assert.equal(again.headers.getSetCookie(), [])
})

test('settings name a secret and the one before it', async () => {
  const [first, second] = ['a'.repeat(40), 'b'.repeat(40)]
  const old = await startInstance({ ...database.env, NATTER_SECRET: first })
  const ann = await join(old.app, 'ann')
  await old.stop()
  const now = await startInstance({
    ...database.env,
    NATTER_SECRET: second,
    NATTER_SECRET_BEFORE: first,
  })
  try {
    assert.is(await nameOf(now, ann.cookie), 'ann')
    assert.is(await nameOf(instance, ann.cookie), null)
  } finally {
    await now.stop()
  }
})

test.run()
