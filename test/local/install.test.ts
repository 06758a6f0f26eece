import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { cleanUp, lastingFolder, PROJECT, temporaryFolder, terminal } from './kit.ts'

const test = suite('installing what is missing')

let made = ''
let removeMade = async () => {}

test.before(async () => {
  const lasting = await lastingFolder()
  made = lasting.folder
  removeMade = lasting.remove
  for (const version of ['1.0.0', '1.1.0']) await makeProject(join(made, version), version)
  await cp(join(made, '1.0.0'), join(made, 'installed'), { recursive: true })
  assert.is(install(join(made, 'installed')).status, 0)
})
test.after.each(cleanUp)
test.after(() => removeMade())

test('a fresh clone is installed inside npm start, with one line before', async () => {
  const root = await project()
  const { status, stdout } = npmStart(root)
  assert.is(status, 0, stdout)
  assert.match(stdout, 'Installing the packages')
  assert.match(stdout, 'greeting 1.0.0')
})

test('what is installed is left alone, silently', async () => {
  const root = await project('installed')
  await writeFile(join(root, 'node_modules', 'untouched'), '')
  const { status, stdout, stderr } = install(root)
  assert.equal([status, stdout, stderr], [0, '', ''])
  assert.ok(await readFile(join(root, 'node_modules', 'untouched')))
})

test('a changed package-lock.json is installed again', async () => {
  const root = await project('installed')
  await cp(join(made, '1.1.0'), root, { recursive: true })
  const { status, stdout } = npmStart(root)
  assert.is(status, 0, stdout)
  assert.match(stdout, 'package-lock.json has changed')
  assert.match(stdout, 'greeting 1.1.0')
})

test('an installation that was broken off is made anew', async () => {
  const root = await project()
  await mkdir(join(root, 'node_modules', 'greeting'), { recursive: true })
  assert.match(npmStart(root).stdout, 'greeting 1.0.0')
})

test('packages of another kind of machine are replaced', async () => {
  const root = await project('installed')
  const file = join(root, 'node_modules', '.package-lock.json')
  const installed = JSON.parse(await readFile(file, 'utf8'))
  installed.packages['node_modules/engine'] = { version: '1.0.0', os: ['plan9'], optional: true }
  await writeFile(file, JSON.stringify(installed))
  assert.match(install(root).stdout, 'another kind of machine')
  assert.is(install(root).stdout, '')
})

test('an installation that fails gives its exit status and says what to do', async () => {
  const root = await project()
  await writeFile(join(root, 'package-lock.json'), '{}')
  const { status, stderr } = install(root)
  assert.is.not(status, 0)
  assert.match(stderr, 'The packages could not be installed')
})

test('a Node that is too old is told which one is needed', async () => {
  const root = await project()
  const file = join(root, 'package.json')
  const own = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...own, engines: { node: '>=999.1' } }))
  const { status, stderr } = install(root)
  assert.is(status, 1)
  assert.match(stderr, 'Natter needs Node.js 999.1 or newer')
})

test.run()

/** A project whose one package, `greeting`, is a file beside it: a fresh clone, or installed. */
async function project(state: '1.0.0' | 'installed' = '1.0.0'): Promise<string> {
  const root = await temporaryFolder()
  await cp(join(made, state), root, { recursive: true })
  return root
}

/** Depends on that version of the package, and has its package-lock.json. Needs no network. */
async function makeProject(root: string, version: string): Promise<void> {
  const script = 'handlers/local/install.mjs'
  await cp(join(PROJECT, script), join(root, script), { recursive: true })
  const write = (path: string, content: object) =>
    writeFile(join(root, path), JSON.stringify(content))
  const file = `greeting-${version}.tgz`
  await mkdir(join(root, 'package'))
  await write('package/package.json', { name: 'greeting', version, main: 'index.js' })
  await writeFile(join(root, 'package', 'index.js'), `console.log('greeting ${version}')`)
  assert.is(spawnSync('tar', ['-czf', file, 'package'], options(root)).status, 0)
  const own = { name: 'natter', version: '1.0.0', dependencies: { greeting: `file:${file}` } }
  const scripts = { prestart: `node ${script}`, start: `node -e "require('greeting')"` }
  await write('package.json', { ...own, engines: { node: '>=20.11' }, scripts })
  const packages = { '': own, 'node_modules/greeting': { version, resolved: `file:${file}` } }
  await write('package-lock.json', { ...own, lockfileVersion: 3, requires: true, packages })
}

const npmStart = (root: string) => npm(root, 'start')

function install(root: string) {
  return spawnSync(process.execPath, [join(root, 'handlers/local/install.mjs')], options(root))
}

function npm(root: string, ...args: string[]) {
  return spawnSync('npm', [...args], options(root))
}

const options = (cwd: string) => ({ cwd, env: terminal, encoding: 'utf8' as const })
