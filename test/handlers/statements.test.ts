/** How much SQL the hot paths cost for somebody whom the instance knows. */
import * as assert from 'uvu/assert'
import type { Sql } from '../../handlers/chat/sql.ts'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, type Form, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { head, type Served, say as sayOnWire, serveOn } from './wire.ts'

const test = suite('statements for somebody known')

let database: TestDatabase
let instance: Instance
let served: Served
let statements: string[] = []
let ann: Someone
let room: string

/** What an instance asks by itself: heads, the server's log, whose session was used, who has read what. */
const byItself =
  /from rooms where id = any\(\$1\)|from server_log|select now.snapshot|update sessions|into read_markers/

const counted = (sql: Sql): Sql => ({
  query(text, values) {
    if (!byItself.test(text)) statements.push(text)
    return sql.query(text, values)
  },
})

test.before(async () => {
  database = await migratedDatabase()
  instance = await startInstance(database.env, counted)
  served = await serveOn(instance, 'short')
  ann = await join(instance.app, 'ann')
  room = await roomOf(instance.app, ann, 'Closed', 'closed')
  await say(instance.app, ann, room, 'first')
})
test.after(async () => {
  await served.stop()
  await instance.stop()
  await database.drop()
})

/** The statements that something costs. */
async function during(work: () => Promise<unknown>): Promise<string[]> {
  statements = []
  await work()
  return statements
}

const open = (form: Form) => ask(instance.app, `/r/${room}`, { by: ann, form })

/** Who has posted is remembered, and believed once the instance has followed the server's log. */
const isRemembered = async () => {
  await say(instance.app, ann, room, 'so that I am remembered')
  return instance.engine.known.find(ann.cookie.split('=')[1] ?? '', room) !== undefined
}

test('opening a room takes two statements, and a third for the list of rooms on the page', async () => {
  const opening = async (form: Form) => {
    const texts = await during(async () => assert.is((await open(form)).status, 200))
    return texts.length
  }
  assert.is(await opening('json'), 2)
  assert.is(await opening('text'), 2)
  assert.is(await opening('page'), 3)
  assert.is(await opening('fragment'), 3)
})

test('posting takes none beside the transaction that stores it', async () => {
  await until(isRemembered)
  assert.equal(await during(() => say(instance.app, ann, room, 'second')), [])
})

test('waiting takes none, and what comes is read once, whoever waits', async () => {
  const page = await jsonOf<PageJson>(ask(instance.app, `/r/${room}`, { by: ann }))
  const path = `/r/${room}/messages?after=${page.live}&wait=20`
  const headers = { Accept: 'application/json', Cookie: ann.cookie }
  const wait = () => sayOnWire(served.port, head(path, headers))
  // The first one is looked up; those that follow are known.
  const first = await wait()
  await until(() => instance.hub.held === 1)
  const lines = [first]
  const cost = await during(async () => {
    for (let i = 0; i < 20; i++) lines.push(await wait())
    await until(() => instance.hub.held === 21)
  })
  assert.equal(cost, [])
  const told = await during(async () => {
    await say(instance.app, ann, room, 'for all who wait')
    await until(() => lines.every(({ text }) => text().includes('for all who wait')))
  })
  assert.is(told.length, 1, told.join('\n'))
  for (const { socket } of lines) socket.destroy()
})

test.run()
