import type { Hono } from 'hono'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('the route table')
const { instance } = startInstances(test, ['instance'])

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
