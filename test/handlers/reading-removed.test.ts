/** What is read of a room while its reader is being removed. */
import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { latch, until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { come, linkTo } from './scene.ts'
import { type Served, serveOn } from './wire.ts'

const test = suite('reading while one is removed')

let database: TestDatabase
let here: Instance
/** Stops before its statements. */
let slow: Instance
/** The same over a socket, where whoever is known is let in without a statement. */
let short: Served
let ann: Someone
let ben: Someone
let room: string
let link: string
/** Called with each statement of the slow instance, before it goes out. */
let before: (text: string) => Promise<unknown>

test.before(async () => {
  database = await migratedDatabase()
  const env = { ...database.env, POST_BURST: '1000' }
  here = await startInstance(env)
  before = async () => {}
  slow = await startInstance(env, (sql) => ({
    async query(text, values) {
      await before(text)
      return sql.query(text, values)
    },
  }))
  short = await serveOn(slow, 'short')
  ann = await join(here.app, 'ann')
  ben = await join(here.app, 'ben')
})
test.after(async () => {
  await short.stop()
  await Promise.all([here.stop(), slow.stop()])
  await database.drop()
})
test.before.each(async () => {
  room = await roomOf(here.app, ann, `Room ${Math.random()}`, 'closed')
  link = await linkTo(here.app, ann, room)
  await come(here.app, ben, link)
})
test.after.each(() => {
  before = async () => {}
})

async function removeAndSay(body: string): Promise<number> {
  const path = `/r/${room}/members/${ben.id}`
  assert.is((await ask(here.app, path, { by: ann, method: 'DELETE' })).status, 200)
  return (await say(here.app, ann, room, body)).n
}

/** Removes ben, and says something, just before the slow instance reads messages. */
function removeBeforeReading(): { said: () => number } {
  let n = 0
  before = async (text) => {
    if (!/from messages m/.test(text)) return
    before = async () => {}
    n = await removeAndSay('a secret')
  }
  return { said: () => n }
}

test('a message that is said after somebody was removed is none for a request from before', async () => {
  const { n } = await say(here.app, ann, room, 'before')
  const shown = (number: number) => ask(slow.app, `/r/${room}/messages/${number}`, { by: ben })
  assert.is((await shown(n)).status, 200)
  // Their removal has a number too.
  const next = n + 2
  const { said } = removeBeforeReading()
  // It asks for no statement where the number alone tells; then the removal comes by the second one.
  const answer = await shown(next)
  if (said() === 0) before = async () => {}
  else assert.is(said(), next)
  assert.is(answer.status, 404)
})

for (const query of ['', '?from=0', '?around=1']) {
  test(`a page shows nothing that was said after its reader was removed: messages${query}`, async () => {
    await say(here.app, ann, room, 'before')
    const { said } = removeBeforeReading()
    const answer = await ask(slow.app, `/r/${room}/messages${query}`, { by: ben })
    const text = await answer.text()
    assert.ok(said() > 0)
    assert.match(text, 'before')
    assert.not.match(text, 'a secret')
  })
}

/** All that a wait is told until it ends. */
function listen({ cookie }: Someone, path: string, headers: Record<string, string>) {
  const client = new AbortController()
  let text = ''
  const read = async () => {
    const answer = await fetch(`http://127.0.0.1:${short.port}${path}`, {
      headers: { ...headers, cookie },
      signal: client.signal,
    })
    const decoder = new TextDecoder()
    for await (const part of answer.body ?? []) text += decoder.decode(part, { stream: true })
  }
  const ended = read().catch(() => {})
  return { text: () => text, ended, leave: () => client.abort() }
}

const isStream = { accept: 'text/event-stream' }
const ways: [what: string, query: string, headers: Record<string, string>][] = [
  ['a stream of fragments', '&as=html', isStream],
  ['a stream', '', isStream],
  ['a poll in JSON', '', { accept: 'application/json' }],
  ['a poll of fragments', '', { accept: 'text/html', 'hx-request': 'true' }],
]

for (const [what, query, headers] of ways) {
  test(`who is far behind and removed is shown nothing newer in place of it, by ${what}`, async () => {
    const { live } = await jsonOf<PageJson>(ask(slow.app, `/r/${room}/messages`, { by: ann }))
    const path = `/r/${room}/messages?after=${live}&wait=20`
    // Ann waits, so that the instance has the room's end at hand; and ben is known there.
    const waiting = listen(ann, path, isStream)
    const known = listen(ben, path, { accept: 'application/json' })
    await until(() => slow.hub.held === 2)
    for (let n = 0; n < 60; n++) await say(here.app, ann, room, `before ${n}`)
    await known.ended
    await until(() => waiting.text().includes('before 59'))
    const goOn = latch()
    const stopped = latch()
    before = async (text) => {
      if (!/from server_log/.test(text)) return
      stopped.open()
      await goOn.opened
    }
    const n = await removeAndSay('a secret')
    await stopped.opened
    // The room's bell was heard, and what it told is not told on before the server's log is read.
    await until(() => [...slow.hub.believed().values()].includes(n))
    const late = listen(ben, path + query, headers)
    if (headers === isStream) await until(() => late.text() !== '')
    // Something else that is read of the room meanwhile.
    await ask(slow.app, `/r/${room}/messages`, { by: ann })
    goOn.open()
    await late.ended
    assert.not.match(late.text(), 'a secret')
    await until(() => waiting.text().includes('a secret'))
    waiting.leave()
    await waiting.ended
  })
}

test.run()
