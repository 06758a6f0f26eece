import { AsyncLocalStorage } from 'node:async_hooks'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { ask, join, roomOf, say } from './ask.ts'
import { startInstances } from './scene.ts'

const test = suite('rendering')
const { here } = startInstances(test, ['here'])

// Before Node 24 the first use makes every promise and callback of the process dearer.
test('no page and no fragment makes use of an AsyncLocalStorage', async () => {
  const ann = await join(here.app, 'ann')
  const room = await roomOf(here.app, ann, 'Rendering')
  await say(here.app, ann, room, 'hello, see https://example.com/')
  const { run } = AsyncLocalStorage.prototype
  let runs = 0
  AsyncLocalStorage.prototype.run = new Proxy(run, {
    apply(target, storage, handed) {
      runs++
      return Reflect.apply(target, storage, handed)
    },
  })
  try {
    const paths = ['/', '/me', `/r/${room}`, `/r/${room}/messages`, `/r/${room}/frame`, '/r/none']
    for (const path of [...paths, `/r/${room}/messages?after=0`]) {
      const html = await (await ask(here.app, path, { by: ann, form: 'fragment' })).text()
      assert.match(html, /<\w/, path)
    }
  } finally {
    AsyncLocalStorage.prototype.run = run
  }
  assert.is(runs, 0)
})

test.run()
