/**
 * A process that runs test files, one after another: `worker.ts LIMIT_S ROOT`. The runner sends it
 * names of files and hears how each went. It ends when the runner asks, or is gone.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail, now, type Order, suites, tell, within } from './record.ts'

declare global {
  /** What shared modules have to close before a worker ends. */
  var natterAtEnd: (() => Promise<unknown>)[] | undefined
  var UVU_DEFER: number | undefined
}

const [limit_s, root = ''] = process.argv.slice(2)
now.limit_s = Number(limit_s)
// uvu then queues what `.run()` is called for, and leaves running it to this file.
globalThis.UVU_DEFER = 1
globalThis.UVU_QUEUE = []
globalThis.UVU_INDEX = 0

process.on('unhandledRejection', (reason) =>
  fail(`a rejection nobody handles, during ${now.where}`, reason),
)
process.on('uncaughtException', (error) =>
  fail(`an error nobody catches, during ${now.where}`, error),
)
process.on('disconnect', () => process.exit(1))

// By the channel of the reports, so that the runner knows what was printed during which test.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    tell({
      kind: 'output',
      text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString(),
    })
    const done = rest.find((one) => typeof one === 'function')
    if (done) queueMicrotask(done as () => void)
    return true
  }) as typeof stream.write
}

process.on('message', (order: Order) => {
  if (order.kind === 'run') runFile(order.name)
  else finish()
})

async function runFile(name: string): Promise<void> {
  suites.length = 0
  now.file = name
  globalThis.UVU_QUEUE = [[name]]
  await load(name)
  const [, ...runs] = globalThis.UVU_QUEUE[0] ?? []
  for (const run of runs) await run()
  // A rejection that nobody handles is known when the microtasks are done.
  await new Promise(setImmediate)
  for (const suite of suites) {
    if (suite.waiting > 0 || suite.runs === 0) fail(`${suite.file}: ${suite.name}`, unrun(suite))
  }
  now.where = `the time after ${name}`
  tell({ kind: 'end' })
}

async function load(name: string): Promise<void> {
  const file = join(root, name.replace(/\.tsx?$/, '.js'))
  try {
    await within(`the import of ${name}`, now.limit_s, () => import(pathToFileURL(file).href))
    if (suites.length === 0) fail(name, 'it makes no suite')
  } catch (error) {
    fail(name, error)
  }
}

async function finish(): Promise<void> {
  for (const close of globalThis.natterAtEnd ?? []) await close().catch(() => {})
  process.exit()
}

function unrun({ waiting, runs }: { waiting: number; runs: number }): string {
  return runs === 0
    ? `no .run() at its end (tests waiting: ${waiting})`
    : `tests written after its .run(), which never ran: ${waiting}`
}
