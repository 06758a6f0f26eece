import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { type Run, run, type Started, start } from './spawned.ts'

const test = suite('the databases of a run')

/** Time for the embedded server, which a first run has to set up; what a fixture prints, as it comes. */
const patient = ['--no-retry', '--limit', '60', '--verbose']
const noServer = { PGHOST: undefined, DATABASE_URL: undefined }

test('are dropped from a server that is there anyway', async () => {
  const result = await run([...patient, 'one-database'])
  assert.is(result.closing, '1 passed, 0 failed')
  assert.not(await exists(made(result).name))
})

test('are dropped after a test that ends the process', async () => {
  const result = await run([...patient, 'broken-with-database'])
  assert.is(result.closing, '0 passed, 1 failed')
  assert.not(await exists(made(result).name))
})

test('are found by DATABASE_URL as well', async () => {
  const { PGUSER, PGPASSWORD, PGHOST, PGPORT, PGDATABASE } = process.env
  const [host, password] = [PGHOST ?? '', PGPASSWORD ?? ''].map(encodeURIComponent)
  const url = `postgres://${PGUSER}:${password}@${host}:${PGPORT}/${PGDATABASE}`
  const env = { ...noServer, DATABASE_URL: url, PGPORT: '1', PGPASSWORD: 'wrong' }
  const result = await run([...patient, 'one-database'], env)
  assert.is(result.closing, '1 passed, 0 failed')
  assert.not(await exists(made(result).name))
})

test('are empty or migrated, and may be made side by side', async () => {
  const { output, closing } = await run([...patient, 'many-databases'])
  assert.is(closing, '1 passed, 0 failed', output)
})

test('stand on the embedded server when no other is named, which is removed at the end', async () => {
  await embedded(['one-database'], async ({ end }) => {
    assert.is((await end).closing, '1 passed, 0 failed')
  })
})

test('and are removed with it when a test ends the process', async () => {
  await embedded(['broken-with-database'], async ({ end }) => {
    assert.is((await end).code, 1)
  })
})

test('and when the run is interrupted', async () => {
  await embedded(['waits-with-database'], async ({ child, until, end }) => {
    await until('on port')
    child.kill('SIGINT')
    assert.is((await end).code, 1)
  })
})

test('with no embedded server when no layer needs one', async () => {
  const home = await temporary()
  const { closing } = await run(['all-is-well', 'tidy/all'], { ...noServer, TMPDIR: home })
  assert.is(closing, '2 passed, 0 failed')
  await rm(home, { recursive: true })
})

/** Runs fixtures on the embedded server, and shows that neither it nor its files are left. */
async function embedded(args: string[], during: (run: Started) => Promise<void>): Promise<void> {
  const home = await temporary()
  const started = start([...patient, ...args], { ...noServer, TMPDIR: home })
  try {
    await during(started)
    const { port } = made(await started.end)
    assert.not(await listens(port), 'the server is stopped')
    const left = (await readdir(home)).filter((name) => name.startsWith('natter-'))
    assert.equal(left, [], 'its folder is removed')
  } finally {
    started.child.kill('SIGKILL')
    await rm(home, { recursive: true, force: true })
  }
}

/** A folder for temporary files that the embedded server's user may enter as well. */
async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'natter-of-a-test-'))
  await chmod(folder, 0o755)
  return folder
}

/** The database that a fixture says it has made. */
function made({ output }: Run): { name: string; port: number } {
  const [, name, port] = /made (\w+) on port (\d+)\./.exec(output) ?? []
  if (!name) throw new Error(`The fixture made no database:\n${output}`)
  return { name, port: Number(port) }
}

async function exists(name: string): Promise<boolean> {
  const client = new pg.Client()
  await client.connect()
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  await client.end()
  return rowCount === 1
}

async function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

test.run()
