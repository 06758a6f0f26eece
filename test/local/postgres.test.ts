import { readdir, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { hasCode } from '../../handlers/local/errors.ts'
import { suite } from '../suite.ts'
import { until } from '../until.ts'
import {
  ask,
  cleanUp,
  copyDatabase,
  lastingHome,
  serverOf,
  started,
  temporaryFolder,
} from './kit.ts'

const test = suite('embedded PostgreSQL')

let home = ''
let removeHome = async () => {}

test.before(async () => {
  const lasting = await lastingHome()
  home = lasting.folder
  removeHome = lasting.remove
})
test.after.each(cleanUp)
test.after(() => removeHome())

test('speaks UTF-8 and knows the letters of every language, whatever LANG says', async () => {
  const { LANG, LC_ALL } = process.env
  Object.assign(process.env, { LANG: 'C', LC_ALL: 'C' })
  try {
    const { env } = await started(home)
    const [row] = await ask(
      env,
      `select current_setting('server_encoding') as encoding, lower('ÄÖ ΣΌΦΟΣ ЖУК') as small,
        to_tsvector('simple', 'ÄPFEL')::text as words, '🦦 otter' as otter, 'É' ~* 'é' as alike`,
    )
    const small = 'äö σόφοσ жук'
    assert.equal(row, {
      encoding: 'UTF8',
      small,
      words: "'äpfel':1",
      otter: '🦦 otter',
      alike: true,
    })
  } finally {
    restore({ LANG, LC_ALL })
  }
})

test('is safe: loopback only, a password, no socket, every commit flushed', async () => {
  const { env, folder } = await started(home)
  const [row] = await ask(
    env,
    `select string_agg(name || '=' || setting, ' ' order by name) as settings from pg_settings
      where name in ('listen_addresses', 'unix_socket_directories', 'fsync', 'max_connections')`,
  )
  assert.is(
    row?.settings,
    'fsync=on listen_addresses=127.0.0.1 max_connections=100 unix_socket_directories=',
  )
  assert.is(((await stat(join(folder, 'password'))).mode & 0o777).toString(8), '600')
  assert.is(((await stat(folder)).mode & 0o777).toString(8), '700')
  await ask({ ...env, PGPASSWORD: 'guess' }, 'select 1').then(
    () => assert.unreachable('a wrong password got in'),
    (error) => assert.ok(hasCode(error, '28P01')),
  )
})

test('keeps what was written over a restart, and stops only once', async () => {
  const first = await started(home)
  await ask(first.env, `create table if not exists talk as select 'hello' as said`)
  await Promise.all([first.stop(), first.stop()])
  await first.stop()
  assert.is(await serverOf(first.folder), undefined)

  const second = await started(home)
  assert.is(second.reused, false)
  assert.equal(await ask(second.env, 'select said from talk'), [{ said: 'hello' }])
})

test('several starts at one moment make one database and share one server', async () => {
  const fresh = await temporaryFolder()
  const all = await Promise.all([started(fresh), started(fresh), started(fresh)])
  assert.is(new Set(all.map(({ env }) => `${env.PGPORT} ${env.PGPASSWORD}`)).size, 1)
  assert.equal(await readdir(fresh), ['postgres'])
  await Promise.all(all.map(({ stop }) => stop()))
  assert.is(await serverOf(all[0]?.folder ?? ''), undefined)
})

test('runs for several homes side by side in one process', async () => {
  const copy = await temporaryFolder()
  await copyDatabase(home, copy)
  const [one, other] = await Promise.all([home, copy].map((each) => started(each)))
  if (!one || !other) return assert.unreachable()
  await ask(one.env, 'create table only_here (n int)')
  const [row] = await ask(other.env, `select to_regclass('only_here') as found`)
  assert.is(row?.found, null)
  await one.stop()
  assert.equal(await ask(other.env, 'select 1 as n'), [{ n: 1 }])
})

test('takes the port asked for, or another one where that is taken', async () => {
  const port = 21_007
  const first = await started(home, port)
  assert.is(first.env.PGPORT, String(port))
  await first.stop()

  const program = createServer().listen(port, '127.0.0.1')
  try {
    const second = await started(home, port)
    assert.is.not(second.env.PGPORT, String(port))
  } finally {
    program.close()
  }
})

test('comes back on its port when its server is killed, with what was committed', async () => {
  const { env, folder, stop } = await started(home)
  await ask(env, `create table if not exists talk as select 'hello' as said`)
  process.kill((await serverOf(folder)) ?? 0, 'SIGKILL')
  const said = () => ask(env, 'select said from talk').catch(() => [])
  await until(async () => (await said())[0]?.said === 'hello')
  await stop()
  assert.is(await serverOf(folder), undefined)
})

test.run()

function restore(values: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}
