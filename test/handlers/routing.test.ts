import type { Hono } from 'hono'
import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { type Instance, startInstance } from './app.ts'
import { ask } from './ask.ts'

const test = suite('the route table')

let database: TestDatabase
let instance: Instance

test.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env)
})
test.after(async () => {
  await instance.stop()
  await database.drop()
})

/** Hono takes its slower router where a word and a parameter stand in the same place of two paths. */
test('is one regular expression for each method', async () => {
  await ask(instance.app, '/healthz')
  assert.is((instance.app as Hono).router.name, 'SmartRouter + RegExpRouter')
})

test('has each method and path once', () => {
  const entries = instance.app.routes.filter(({ method }) => method !== 'ALL')
  const names = entries.map(({ method, path }) => `${method} ${path}`)
  assert.equal(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
})

test.run()
