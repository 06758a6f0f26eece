/**
 * The process that runs the files of one layer: `layer.ts LIMIT_S ROOT NAME…`. It tells the runner
 * what happens, and ends when the runner does.
 */
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from 'uvu/run'
import { fail, now, suites, tell } from './record.ts'

const [limit_s, root = '', ...names] = process.argv.slice(2)
now.limit_s = Number(limit_s)

process.on('unhandledRejection', (reason) =>
  fail(`a rejection nobody handles, during ${now.where}`, reason),
)
process.on('uncaughtException', (error) =>
  fail(`an error nobody catches, during ${now.where}`, error),
)
process.on('disconnect', () => process.exit(1))

const loader = relative('/', fileURLToPath(new URL('./load.ts', import.meta.url)))

/** The file as uvu is to import it: through the loader (uvu puts `file:///` in front). */
function loaded(name: string): { name: string; file: string } {
  return { name, file: `${loader}?${new URLSearchParams({ name, file: join(root, name) })}` }
}

await run(names.map(loaded))
await new Promise(setImmediate)
for (const suite of suites) {
  if (suite.waiting > 0 || suite.runs === 0) fail(`${suite.file}: ${suite.name}`, unrun(suite))
}
if (process.send) process.send({ kind: 'end' }, () => process.exit())
else tell({ kind: 'end' })

function unrun({ waiting, runs }: { waiting: number; runs: number }): string {
  return runs === 0
    ? `no .run() at its end (tests waiting: ${waiting})`
    : `tests written after its .run(), which never ran: ${waiting}`
}
