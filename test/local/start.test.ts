import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { openLocalDatabase } from '../../handlers/local/database.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import {
  cleanUp,
  lastingHome,
  npmStart,
  printed,
  type Spawned,
  serverOf,
  spawned,
  temporaryFolder,
} from './kit.ts'

const START = 'handlers/local/start.ts'
const READY = /Natter is ready: (http:\S+)/

const test = suite('npm start')

let home = ''
let removeHome = async () => {}

test.before(async () => {
  const lasting = await lastingHome()
  home = lasting.folder
  removeHome = lasting.remove
})
test.after.each(cleanUp)
test.after(() => removeHome())

test('serves the lobby, tells where the data is, and Ctrl+C stops all of it', async () => {
  const natter = npmStart({ NATTER_DATA: home, PORT: '21020' })
  const output = await printed(natter, READY)
  assert.match(output, 'Natter is ready: http://localhost:21020')
  assert.match(output, `Your data is in ${join(home, 'postgres')}`)
  const answer = await fetch('http://localhost:21020/r/lobby')
  assert.is(answer.status, 200)

  // A terminal signals the whole group, of which npm is one.
  process.kill(-(natter.child.pid ?? 0), 'SIGINT')
  await natter.ended
  assert.is(await serverOf(join(home, 'postgres')), undefined)
})

test('a message outlives a SIGKILL', async () => {
  const killed = start(home, '21021')
  await printed(killed, READY)
  await say('http://localhost:21021', 'still here tomorrow')
  killed.child.kill('SIGKILL')
  await killed.ended

  const next = start(home, '21021')
  await printed(next, READY)
  const talk = await (await fetch('http://localhost:21021/r/lobby')).text()
  assert.match(talk, 'still here tomorrow')
  // The terminal's signal, and the one that npm passes on.
  next.child.kill('SIGINT')
  next.child.kill('SIGINT')
  assert.is(await next.ended, 0)
  assert.is(await serverOf(join(home, 'postgres')), undefined)
})

test('a signal during the start stops what has been started', async () => {
  const fresh = await temporaryFolder()
  const natter = start(fresh, '21022')
  await printed(natter, /Making the database/)
  natter.child.kill('SIGTERM')
  assert.is(await natter.ended, 0)
  assert.is(await serverOf(join(fresh, 'postgres')), undefined)
})

test('a second signal, later than the first, does not wait for what is under way', async () => {
  const natter = start(home, '21023')
  await printed(natter, READY)
  const slow = connect(21023, 'localhost')
  slow.on('error', () => {})
  // A request, and half of another one, which has come when the first is answered.
  slow.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /r/lobby HTTP/1.1\r\n')
  await once(slow, 'data')
  // Those of the first half second count as one.
  await until(() => !natter.child.kill('SIGTERM'))
  assert.is(await natter.ended, 130)
})

test('a port that is taken is told in one line, and nothing is left running', async () => {
  const program = createServer().listen(0)
  const { port } = program.address() as AddressInfo
  try {
    const natter = start(home, String(port))
    assert.is(await natter.ended, 1)
    assert.match(natter.output(), `Port ${port} is taken. PORT=${port + 1} npm start uses another.`)
    assert.not.match(natter.output(), 'EADDRINUSE')
    assert.is(await serverOf(join(home, 'postgres')), undefined)
  } finally {
    program.close()
  }
})

test('a setting that cannot be used is told before anything is started', async () => {
  const natter = start(home, 'eight thousand')
  assert.is(await natter.ended, 2)
  assert.match(natter.output(), /^PORT is "eight thousand"; .*\n$/)
})

test('with a server named in the environment there is no embedded one', async () => {
  for (const name of ['PGHOST', 'DATABASE_URL', 'DATABASE_URL_FILE']) {
    const database = await openLocalDatabase(
      { NATTER_DATA: home, [name]: 'db' },
      assert.unreachable,
    )
    assert.is(database.folder, undefined)
    await database.stop()
  }
})

test('--help names the settings that matter', async () => {
  const help = spawned(START, ['--help'])
  assert.is(await help.ended, 0)
  for (const name of ['PORT', 'NATTER_DATA', 'DATABASE_URL', 'PGHOST']) {
    assert.match(help.output(), name)
  }
})

test.run()

function start(home: string, port: string): Spawned {
  return spawned(START, [], { NATTER_DATA: home, PORT: port })
}

/** Becomes a guest and posts to the lobby. */
async function say(url: string, body: string): Promise<void> {
  const me = await fetch(`${url}/me`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ name: 'ann' }),
  })
  const cookie = me.headers.get('set-cookie')?.split(';')[0] ?? ''
  const posted = await fetch(`${url}/r/lobby/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', cookie },
    body: JSON.stringify({ body }),
  })
  assert.is(posted.status, 201)
}
