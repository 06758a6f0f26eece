import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../suite.ts'
import { plan } from './plan.ts'
import { fixtures, type Run, run } from './spawned.ts'

const test = suite('the runner')

test('passes what passes, and closes with the count', async () => {
  const { code, closing } = await run(['all-is-well', 'tidy/all-is'])
  assert.is(closing, '2 passed, 0 failed')
  assert.is(code, 0)
})

/** Fixture → what the runner says about it, and its count. */
const failures: [title: string, fixture: string, says: RegExp, count: string][] = [
  [
    'a failing test',
    'failing-test',
    /"adds wrongly"[\s\S]*failing-test\.test\.ts/,
    '1 passed, 1 failed',
  ],
  [
    'a before that throws',
    'throwing-before.test',
    /before of a throwing before: Error: no database today/,
    '0 passed, 2 failed',
  ],
  ['a before.each that throws', 'throwing-prologue', /no room today/, '0 passed, 1 failed'],
  [
    'an after that throws',
    'throwing-after.test',
    /after of a throwing after: Error: cannot drop it/,
    '1 passed, 1 failed',
  ],
  [
    'an after.each that throws',
    'throwing-epilogue',
    /after\.each of a throwing after\.each: Error: cannot tidy up/,
    '2 passed, 2 failed',
  ],
  [
    'a forgotten .run()',
    'forgotten-run',
    /forgotten-run\.test\.ts: a forgotten run: no \.run\(\)/,
    '0 passed, 1 failed',
  ],
  [
    'a test after the .run()',
    'late-test',
    /late-test\.test\.ts: .* written after/,
    '1 passed, 1 failed',
  ],
  ['a suite without a test', 'empty-suite', /an empty suite holds no test/, '0 passed, 1 failed'],
  [
    'a file without a suite',
    'no-suite',
    /no-suite\.test\.ts: it makes no suite/,
    '0 passed, 1 failed',
  ],
  [
    'an import that throws',
    'throwing-import',
    /throwing-import\.test\.ts: Error: cannot be imported/,
    '0 passed, 1 failed',
  ],
  [
    'an import that never settles',
    'hanging-import',
    /the import of tidy\/hanging-import\.test\.ts did not settle within 1 s/,
    '0 passed, 1 failed',
  ],
  [
    'a rejection nobody handles',
    'unhandled-rejection',
    /nobody handles, during "leaves a promise behind" of an unhandled rejection: .*nobody waits/,
    '1 passed, 1 failed',
  ],
  [
    'a test that never settles',
    'never-settles',
    /"waits for ever" of .* did not settle within 1 s/,
    '1 passed, 1 failed',
  ],
  [
    'a test that keeps the process busy',
    'busy-loop',
    /"counts for ever" of a busy loop kept the process busy/,
    '0 passed, 1 failed',
  ],
  [
    'a test that ends the process',
    'early-exit',
    /ended early .* during "leaves with a good conscience"/,
    '0 passed, 1 failed',
  ],
  ['a test that throws no error', 'thrown-word', /threw 'just a word'/, '1 passed, 1 failed'],
]

/** All fixtures in one run: they fail beside each other, and each by itself. */
let together: Run

test.before(async () => {
  together = await run(['tidy'])
})

for (const [title, fixture, says, count] of failures) {
  test(`fails for ${title}`, () => {
    const said = sectionOf(fixture)
    assert.match(said, says)
    assert.match(said, ` ${count}, `)
  })
}

test('fails as a whole for any of these, and names them again at its end', () => {
  assert.is(together.code, 1)
  const end = together.output.slice(together.output.indexOf('── tidy/'))
  for (const [title, , says] of failures) assert.match(end, says, title)
})

/** What the run says of one file as that ends. */
function sectionOf(fixture: string): string {
  const sections = together.output.split(/^(?=(?:ok {2}|FAIL) {2}\S+\.test\.ts)/m)
  const found = sections.filter((section) => section.includes(`tidy/${fixture}`))
  return found.at(0)?.split('\n── ')[0] ?? ''
}

test('runs a failed file once more, and reports what then passes as flaky', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'natter-luck-'))
  const [mark, results] = [join(folder, 'mark'), join(folder, 'results.json')]
  const args = ['flaky-once', 'all-is-well', '--results', results]
  const { code, output, closing } = await run(args, { LUCK_MARK: mark })
  assert.match(
    output,
    /FLAKY tidy\/flaky-once\.test\.ts: .*"passes the second time".*no luck today/,
  )
  const [, seed, trace = ''] = /(SEED=42); load \d+\.\d; kept in (\S+)/.exec(output) ?? []
  assert.is(seed, 'SEED=42', output)
  assert.match(await readFile(join(trace, 'output-first.txt'), 'utf8'), 'no luck today')
  assert.is(closing, '3 passed, 0 failed')
  assert.is(code, 0)
  const kept = JSON.parse(await readFile(results, 'utf8'))
  assert.equal([kept.passed, kept.failed], [3, []])
  assert.is(kept.flaky[0].file, 'tidy/flaky-once.test.ts')
  await rm(folder, { recursive: true })
})

test('does not run a failed file again where that is not wanted', async () => {
  const { output, closing } = await run(['--no-retry', 'failing-test'])
  assert.not.match(output, 'Once more')
  assert.is(closing, '1 passed, 1 failed')
})

test('runs as many files at the same time as it has workers', async () => {
  const processes = async (workers: string) => {
    const args = ['--verbose', '--workers', workers, 'names-its-process']
    const { output } = await run(args)
    return new Set(output.match(/process \d+/g)).size
  }
  assert.is(await processes('1'), 1)
  assert.is(await processes('2'), 2)
})

test('runs the other files when one cannot be imported', async () => {
  const { code, closing } = await run(['throwing-import', 'all-is-well'])
  assert.is(closing, '2 passed, 1 failed')
  assert.is(code, 1)
})

test('fails when there is no test at all', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'natter-no-tests-'))
  const { code, output, closing } = await run(['--root', empty])
  await rm(empty, { recursive: true })
  assert.match(output, /No test ran/)
  assert.is(closing, '0 passed, 0 failed')
  assert.is(code, 1)
})

test('says that a test is marked .only, and fails with CI=true', async () => {
  const here = await run(['only-one'])
  assert.match(here.output, /Marked \.only.*: "runs alone" of a favourite/)
  assert.is(here.closing, '1 passed, 0 failed, 1 skipped')
  assert.is(here.code, 0)
  const there = await run(['only-one'], { CI: 'true' })
  assert.is(there.code, 1)
})

test('counts what is skipped, and fails with CI=true', async () => {
  const here = await run(['skipped-test'])
  assert.is(here.closing, '1 passed, 0 failed, 1 skipped')
  assert.is(here.code, 0)
  const there = await run(['skipped-test'], { CI: 'true' })
  assert.is(there.closing, '1 passed, 1 failed, 1 skipped')
  assert.is(there.code, 1)
})

test('says what it leaves out and why, and fails with CI=true', async () => {
  const args = ['all-is-well', 'browser']
  const here = await run(args, { CHROMIUM: '/nowhere/chromium' })
  assert.match(
    here.output,
    /Left out: browser .*: CHROMIUM names \/nowhere\/chromium.*\n\n2 passed, 0 failed\n$/,
  )
  assert.is(here.code, 0)
  const there = await run(args, { CHROMIUM: '/nowhere/chromium', CI: 'true' })
  assert.is(there.closing, '2 passed, 1 failed')
  assert.is(there.code, 1)
})

test('runs a layer that does harm only where it is named, and says what it lacks', async () => {
  const named = async (...wanted: string[]) => [
    ...new Set((await plan(fixtures, wanted)).map(({ layer }) => layer.name)),
  ]
  assert.not.ok((await named()).includes('faults'))
  assert.ok((await named()).includes('stack'))
  assert.equal(await named('faults'), ['faults'])
  const { output, closing } = await run(['all-is-well', 'faults'], { PATH: '/nowhere' })
  assert.match(output, /Left out: faults .*: no `docker compose` here; install Docker/)
  assert.is(closing, '2 passed, 0 failed')
})

test('refuses a layer that does not exist, and lists those that do', async () => {
  const { code, output } = await run(['tidier'])
  assert.match(output, /called tidier\. Layers: tidy, runner, local, chat, live, handlers, stack/)
  assert.is(code, 1)
})

test('explains itself', async () => {
  const { code, output } = await run(['--help'])
  assert.match(output, /Usage: npm test/)
  assert.is(code, 0)
})

test.run()
