import { spawn } from 'node:child_process'
import { appendFile, mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { ownerOf } from '../../handlers/local/account.ts'
import { StartError } from '../../handlers/local/errors.ts'
import { disown } from '../../handlers/local/pid-file.ts'
import { startPostgres } from '../../handlers/local/postgres.ts'
import { suite } from '../suite.ts'
import {
  anotherProcess,
  ask,
  cleanUp,
  copyDatabase,
  giveLike,
  lastingHome,
  pidFile,
  serverOf,
  started,
  temporaryFolder,
} from './kit.ts'

const test = suite('embedded PostgreSQL, beside others and after accidents')

let home = ''
let removeHome = async () => {}

test.before(async () => {
  const lasting = await lastingHome()
  home = lasting.folder
  removeHome = lasting.remove
})
test.after.each(cleanUp)
test.after(() => removeHome())

test('a second process joins the server of the first; the last to stop stops it', async () => {
  const first = await anotherProcess(home)
  const second = await started(home)
  assert.is(second.reused, true)
  assert.equal(second.env, first.postgres.env)

  first.child.kill('SIGTERM')
  assert.is(await first.ended, 0)
  assert.equal(await ask(second.env, 'select 1 as n'), [{ n: 1 }])
  await second.stop()
  assert.is(await serverOf(second.folder), undefined)
})

test('a second process that stops leaves the server to the first', async () => {
  const first = await anotherProcess(home)
  await (await started(home)).stop()
  assert.equal(await ask(first.postgres.env, 'select 1 as n'), [{ n: 1 }])
  first.child.kill('SIGTERM')
  assert.is(await first.ended, 0)
  assert.is(await serverOf(first.postgres.folder), undefined)
})

test('the server of a killed process is taken over, and stopped in the end', async () => {
  const killed = await anotherProcess(home)
  await ask(killed.postgres.env, `create table if not exists talk as select 'hello' as said`)
  killed.child.kill('SIGKILL')
  await killed.ended
  const server = await serverOf(killed.postgres.folder)
  assert.ok(server, 'the server outlives the process')

  const next = await started(home)
  assert.is(next.reused, true)
  assert.is(await serverOf(next.folder), server)
  assert.equal(await ask(next.env, 'select said from talk'), [{ said: 'hello' }])
  await next.stop()
  assert.is(await serverOf(next.folder), undefined)
})

test('a postmaster.pid whose process is gone is no hindrance', async () => {
  const killed = await anotherProcess(home)
  await ask(killed.postgres.env, `create table if not exists talk as select 'hello' as said`)
  killed.child.kill('SIGKILL')
  await killed.ended
  process.kill((await serverOf(killed.postgres.folder)) ?? 0, 'SIGKILL')
  assert.ok(await pidFile(killed.postgres.folder))

  const next = await started(home)
  assert.is(next.reused, false)
  assert.equal(await ask(next.env, 'select said from talk'), [{ said: 'hello' }])
})

test('a postmaster.pid whose number is another program now is no hindrance', async () => {
  const folder = await stoppedDatabase()
  const owner = await ownerOf(folder)
  const program = spawn('sleep', ['60'], {
    stdio: 'ignore',
    ...(process.getuid?.() === 0 && owner && { uid: owner.uid, gid: owner.gid }),
  })
  try {
    await leavePidFile(folder, `${program.pid}\n${folder}/data\n1\n21008\n\n127.0.0.1\n`)
    const next = await started(home)
    assert.is(next.reused, false)
    assert.not.match(await pidFile(folder), String(program.pid))
    await next.stop()
    assert.is(program.exitCode ?? program.signalCode, null, 'the program was left alone')
  } finally {
    program.kill()
  }
})

test('a server that ended meanwhile, or another that began, keeps its postmaster.pid', async () => {
  const folder = await stoppedDatabase()
  const data = join(folder, 'data')
  await disown(data, 4_321)
  assert.not.ok((await readdir(data)).includes('postmaster.pid'), 'none is made')

  const another = `1234\n${data}\n1\n21008\n\n127.0.0.1\n`
  await leavePidFile(folder, another)
  await disown(data, 4_321)
  assert.is(await pidFile(folder), another)
  await disown(data, 1_234)
  assert.is(await pidFile(folder), another.replace('1234', '2147483647'))
})

test('an empty postmaster.pid, left by a power cut, is no hindrance', async () => {
  const folder = await stoppedDatabase()
  await leavePidFile(folder, '')
  await utimes(join(folder, 'data', 'postmaster.pid'), 1_000, 1_000)
  assert.is((await started(home)).reused, false)
})

test('a copy of a folder gets a server of its own while that of the original runs', async () => {
  const original = await started(home)
  const copy = await temporaryFolder()
  await copyDatabase(home, copy)

  const second = await started(copy)
  assert.is(second.reused, false)
  assert.is.not(second.env.PGPORT, original.env.PGPORT)
  assert.equal(await ask(original.env, 'select 1 as n'), [{ n: 1 }])
})

test('what a broken-off first start left is swept away', async () => {
  const home = await temporaryFolder()
  await mkdir(join(home, 'postgres.making-2147483647-1234', 'data'), { recursive: true })
  await started(home)
  assert.equal(await readdir(home), ['postgres'])
})

test('a folder without a database in it is set aside, not removed', async () => {
  const home = await temporaryFolder()
  await mkdir(join(home, 'postgres', 'data'), { recursive: true })
  await writeFile(join(home, 'postgres', 'data', 'mine.txt'), 'mine')
  const { folder } = await started(home)
  const [aside = ''] = (await readdir(home)).filter((name) => name.includes('unusable'))
  assert.ok(await stat(join(home, aside, 'data', 'mine.txt')))
  assert.ok(await stat(join(folder, 'data', 'PG_VERSION')))
})

test('a start that fails tells the end of the log, and leaves nothing running', async () => {
  const folder = await stoppedDatabase()
  await appendFile(join(folder, 'data', 'postgresql.conf'), '\nno_such_setting = 1\n')
  await startPostgres({ home }).then(
    () => assert.unreachable('it started'),
    (error) => {
      assert.instance(error, StartError)
      assert.match(error.message, 'no_such_setting')
    },
  )
  assert.is(await serverOf(folder), undefined)
})

test.run()

async function stoppedDatabase(): Promise<string> {
  const { folder, stop } = await started(home)
  await stop()
  return folder
}

/** Written as the server's user would have left it. */
async function leavePidFile(folder: string, text: string): Promise<void> {
  const file = join(folder, 'data', 'postmaster.pid')
  await rm(file, { force: true })
  await writeFile(file, text, { mode: 0o600 })
  await giveLike(folder, file)
}
