import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { concernedBy } from './changed.ts'

const test = suite('what a change concerns')

let root: string

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'ignore' })

test.before.each(() => {
  root = mkdtempSync(join(tmpdir(), 'natter-changed-'))
  write('handlers/deep.ts', 'export const deep = 1')
  write('handlers/middle.ts', "export { deep } from './deep.ts'")
  write('handlers/other.ts', 'export const other = 1')
  write('test/chat/deep.test.ts', "import { deep } from '../../handlers/middle.ts'")
  write('test/chat/other.test.ts', "const other = await import('../../handlers/other.ts')")
  write('public/page.css', 'a {}')
  git('init', '-q')
  git('add', '.')
  git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-qm', 'all')
})
test.after.each(() => rmSync(root, { recursive: true }))

test('is nothing while nothing differs', () => assert.equal(concernedBy('HEAD', root), []))

test('is every test that imports it, however indirectly, and no other', () => {
  write('handlers/deep.ts', 'export const deep = 2')
  assert.equal(concernedBy('HEAD', root), ['tidy', 'chat/deep.test.ts'])
})

test('is what imports it at run time, too', () => {
  write('handlers/other.ts', 'export const other = 2')
  assert.equal(concernedBy('HEAD', root), ['tidy', 'chat/other.test.ts'])
})

test('is a test that git does not know yet', () => {
  write('test/live/new.test.ts', '')
  assert.equal(concernedBy('HEAD', root), ['tidy', 'live/new.test.ts'])
})

test('is whole layers where no import tells', () => {
  write('public/page.css', 'b {}')
  assert.equal(concernedBy('HEAD', root), ['tidy', 'stack', 'browser'])
})

test.run()
