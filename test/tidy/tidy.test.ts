import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { differences } from '../vendor.ts'
import { none } from './expect.ts'
import { cycles, directions, reserved } from './imports.ts'
import { pageFaults, styleFaults, templateFaults } from './markup.ts'
import { printing } from './output.ts'
import { resolved, unlocked, unpinned } from './packages.ts'
import { rawHtml } from './raw-html.ts'
import { scriptFaults } from './scripts.ts'
import { sizes } from './sizes.ts'
import { parse, read, readOne, type Source, type TextFile } from './source.ts'
import { sqlOutside } from './sql.ts'
import { raisedLimits, timers } from './waiting.ts'

const test = suite('the rules of the house')

let handlers: Source[] = []
let tests: Source[] = []
let scripts: Source[] = []
let pages: TextFile[] = []
let styles: TextFile[] = []
let manifest: TextFile
let lock: TextFile

test.before(async () => {
  const files = await parse([
    ...read('handlers', '.ts', '.tsx', '.mjs'),
    ...read('test', '.ts', '.tsx'),
    ...read('public', '.js').filter(({ path }) => !path.startsWith('public/vendor/')),
  ])
  handlers = files.filter(({ path }) => path.startsWith('handlers/'))
  tests = files.filter(({ path }) => path.startsWith('test/'))
  scripts = files.filter(({ path }) => path.startsWith('public/'))
  pages = read('public', '.html')
  styles = read('public', '.css')
  manifest = readOne('package.json')
  lock = readOne('package-lock.json')
})

test('there is something to look at', () => {
  assert.ok(handlers.some(({ path }) => path.startsWith('handlers/chat/')))
  assert.ok(handlers.some(({ path }) => path.endsWith('.tsx')))
  assert.ok(tests.some(({ path }) => path === 'test/suite.ts'))
  assert.ok(pages.some(({ path }) => path === 'public/index.html'))
  assert.ok(scripts.length > 0)
  assert.ok(styles.length > 0)
})

test('imports in handlers/ go one way', () => none(directions(handlers)))

test('no files and no rooms import each other in a circle', () => {
  none(cycles([...handlers, ...tests]))
})

test('only entries choose a driver or read the environment, chat/ knows no HTTP, and uvu has one door', () => {
  none(reserved([...handlers, ...tests]))
})

test('files in handlers/ have at most 300 lines, and functions at most 70', () => {
  none(sizes(handlers))
})

test('tests wait for conditions and not for times, and all have the same limit', () => {
  none([...timers(tests), ...raisedLimits(tests)])
})

test('SQL stands in chat/, live/ and sql/ alone', () => none(sqlOutside(handlers)))

test('raw HTML stands in one file', () => none(rawHtml([...handlers, ...scripts])))

test('templates hold nothing that a strict Content-Security-Policy refuses', () => {
  none(templateFaults(handlers))
})

test('pages, style sheets and scripts in public/ hold nothing that it refuses', () => {
  none([...pageFaults(pages), ...styleFaults(styles), ...scriptFaults(scripts)])
})

test('only the log prints', () => none(printing(handlers)))

test('public/vendor holds what the packages hold: else run npm run vendor', () => {
  assert.equal(differences(), [])
})

test('every dependency is pinned to one version, and locked in that version', () => {
  none([...unpinned(manifest), ...unlocked(manifest, lock)])
})

test('the lock file names no registry', () => none(resolved(lock)))

test.run()
