/**
 * Runs the tests again and again while something else keeps the processors busy, and lists what ever
 * failed: `npm run test:flaky -- --help`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { project } from './project.ts'
import type { Kept } from './runner/kept.ts'

const help = `Usage: npm run test:flaky -- [options] N [layer or part of a file's name …]

Runs the tests N times and lists what failed, even where it passed when it ran once more.

Options
  --busy P   processes that compete for the processors (as many as there are processors); 0 for none
  --help`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    busy: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', short: 'h' },
  },
})
const [count = '', ...wanted] = positionals
const [times, busy] = [Number(count), Number(values.busy)]
if (values.help || !Number.isInteger(times) || times < 1 || !Number.isInteger(busy) || busy < 0) {
  console.log(help)
  process.exit(values.help ? 0 : 2)
}

/** A process that does nothing else than take a processor. */
const compete = (): ChildProcess =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })

/** One run of the tests. @returns what it came to, or undefined where it did not get so far */
async function runOnce(results: string): Promise<Kept | undefined> {
  await rm(results, { force: true })
  const args = ['test/run.mjs', '--results', results, ...wanted]
  const child = spawn(process.execPath, args, {
    cwd: project,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'close')
  return readFile(results, 'utf8').then(JSON.parse, () => undefined)
}

const folder = await mkdtemp(join(tmpdir(), 'natter-flaky-'))
const competitors = Array.from({ length: busy }, compete)
const found = new Map<string, string[]>()
let unfinished = 0
try {
  for (let n = 1; n <= times; n++) {
    const kept = await runOnce(join(folder, 'results.json'))
    if (!kept) unfinished++
    const failures = [...(kept?.failed ?? []), ...(kept?.flaky ?? [])]
    for (const { file, error } of failures) found.set(file, [...(found.get(file) ?? []), error])
    const seconds = kept
      ? `${Math.round(kept.seconds)} s, ${Math.round(kept.cpu_seconds)} s of CPU`
      : ''
    const said = kept
      ? `${kept.passed} passed, ${failures.length} files failed or flaky`
      : 'no result'
    console.log(`run ${n} of ${times}: ${said}, ${seconds}`)
    for (const { file, error } of failures) console.log(`  ${file}: ${error}`)
  }
} finally {
  for (const competitor of competitors) competitor.kill()
  await rm(folder, { recursive: true, force: true })
}
console.log(found.size === 0 ? '\nNothing ever failed.' : '\nWhat ever failed')
for (const [file, errors] of found) console.log(`  ${errors.length} × ${file}: ${errors[0]}`)
process.exit(found.size + unfinished > 0 ? 1 : 0)
