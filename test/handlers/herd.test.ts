import * as assert from 'uvu/assert'
import { migratedDatabase, type TestDatabase } from '../database.ts'
import { upTo } from '../live/waits.ts'
import { watched } from '../live/watched.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import { answersIn, streamedIn } from './answers.ts'
import { type Instance, startInstance } from './app.ts'
import { ask, join, jsonOf, type PageJson, roomOf, type Someone, say } from './ask.ts'
import { head, type Line, type Served, serveOn, say as speak } from './wire.ts'

const test = suite('many who wait', 30)

let database: TestDatabase
let here: Instance
let there: Instance
let short: Served
let ann: Someone
/** Reads of a room's log by the instance where all wait. */
let logReads = 0

test.before(async () => {
  database = await migratedDatabase()
  here = await startInstance(database.env, (sql) => {
    const watch = watched(sql)
    return {
      query: (text, values) => {
        if (/\bfrom log\b/.test(text)) logReads++
        return watch.query(text, values)
      },
    }
  })
  there = await startInstance(database.env)
  short = await serveOn(here, 'short')
  ann = await join(here.app, 'ann')
})
test.after(async () => {
  await short.stop()
  await Promise.all([here.stop(), there.stop()])
  await database.drop()
})

const headers = {
  json: { accept: 'application/json' },
  zipped: { accept: 'application/json', 'accept-encoding': 'gzip' },
  fragment: { accept: 'text/html', 'hx-request': 'true' },
  text: { accept: '*/*' },
  stream: { accept: 'text/event-stream' },
} as const

test('in whatever forms cost one read of the log for a message, and are all told the same', async () => {
  const room = await roomOf(here.app, ann, 'Many')
  const { live } = await jsonOf<PageJson>(ask(here.app, `/r/${room}/messages`))
  const path = `/r/${room}/messages?after=${live}&wait=25`
  const crowds = new Map<string, Line[]>()
  for (const [form, asked] of Object.entries(headers)) {
    crowds.set(form, await Promise.all(upTo(60).map(() => speak(short.port, head(path, asked)))))
  }
  await until(() => here.hub.held === 300)
  logReads = 0
  await say(there.app, ann, room, `to all of you ${'and more '.repeat(100)}`)
  for (const [form, crowd] of crowds) {
    const read = (line: Line) =>
      form === 'stream' ? streamedIn(line.text()) : (answersIn(line.text())[0]?.body ?? '')
    await until(() => crowd.every((line) => read(line).includes('to all of you')))
    assert.is(new Set(crowd.map(form === 'stream' ? read : ({ text }) => text())).size, 1, form)
  }
  assert.is(logReads, 1)
  for (const { socket } of [...crowds.values()].flat()) socket.destroy()
  await until(() => here.hub.held === 0)
  assert.is(here.hub.traces, 0)
})

test('are told of a room that they may not see as of one that is not there, once remembered', async () => {
  const closed = await roomOf(here.app, ann, 'Closed', 'closed')
  const told = []
  for (const slug of [closed, 'nowhere', closed]) {
    const line = await speak(short.port, head(`/r/${slug}/messages?after=0&wait=25`, headers.json))
    await until(() => answersIn(line.text()).length === 1)
    const [answer] = answersIn(line.text())
    told.push([answer?.status, answer?.body])
    line.socket.destroy()
  }
  assert.equal(told[0], told[1])
  assert.equal(told[0], told[2])
})

test.run()
