/**
 * The runner of the tests: `tsx test/run.ts --help`.
 *
 * uvu exits 0 when a hook throws, when `.run()` is forgotten and when there is no test; here each
 * of these fails.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { layers, missing } from './layers.ts'
import { type Plan, plan } from './runner/plan.ts'
import { failed, type Running, startLayer, type Tally } from './runner/process.ts'
import { describe } from './runner/record.ts'
import { close, type Result } from './runner/report.ts'
import { resources } from './runner/resources.ts'

type Options = { root: string; limit_s: number; wanted: string[] }

const help = `Usage: tsx test/run.ts [options] [layer or part of a file's name …]

Runs test/<layer>/**/*.test.ts: all of them, or those of the layers and names given. Tests of faults
run only where they are named.

Layers
${layers.map(({ name, shows }) => `  ${name.padEnd(10)}${shows}`).join('\n')}

Options
  --limit S     seconds that one test or hook may take (60)
  --root DIR    another folder of tests
  --help

Environment
  DATABASE_URL or PGHOST …   the PostgreSQL server to test on; the embedded one if not set
  BASE_URL                   the server that stack and browser ask; one is started if not set
  CHROMIUM                   the browser's program
  FAULTS_PORT                where the stack of faults is served on 127.0.0.1; a free port if not set
  CI=true                    what is left out, skipped or marked .only is a failure`

/** The command line, or what is wrong with it. */
function options(argv: string[]): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      root: { type: 'string' },
      limit: { type: 'string', default: '60' },
    },
  })
  if (values.help) return 'help'
  const limit_s = Number(values.limit)
  if (!(limit_s > 0)) throw new Error(`--limit ${values.limit}: not a number of seconds`)
  const root = values.root ? resolve(values.root) : fileURLToPath(new URL('.', import.meta.url))
  return { root, limit_s, wanted: positionals }
}

const shared = resources()
let running: Running | undefined
let interrupted_ms: number | undefined

/** npm and tsx pass a Ctrl+C on that the terminal has sent already. */
const same_interrupt_ms = 1000

/** Runs one layer; what it needs and does not get is a failure of the layer. */
async function runLayer({ layer, files }: Plan, { root, limit_s }: Options): Promise<Tally> {
  console.log(`\n── ${layer.name}: ${layer.shows}`)
  const tally = await shared.env(layer).then(
    (env) => {
      running = startLayer({ root, files, limit_s, env })
      if (interrupted_ms) running.kill()
      return running.tally
    },
    (error) => failed(`${layer.name} could not begin: ${describe(error)}`),
  )
  show(tally)
  if (tally.failed > 0 && layer.needs.includes('server') && shared.said()) {
    console.error(`\nThe server said last:\n${shared.said()}`)
  }
  return tally
}

function show({ failures }: Tally): void {
  for (const failure of failures) console.error(`\n  FAIL  ${failure}`)
}

/** Runs the whole plan but for what this machine cannot run, and takes down what it needed. */
async function runAll(options: Options): Promise<Result> {
  const result: Result = { tallies: [], leftOut: [] }
  for (const part of await plan(options.root, options.wanted)) {
    const reason = missing(part.layer)
    if (interrupted_ms) break
    if (reason) result.leftOut.push(`${part.layer.name} (${part.files.length} files): ${reason}`)
    else result.tallies.push(await runLayer(part, options))
  }
  for (const error of await shared.close()) {
    const tally = failed(`could not take down what the tests needed: ${describe(error)}`)
    result.tallies.push(tally)
    show(tally)
  }
  return result
}

/** The first signal ends the tests and lets everything be taken down; another does not wait. */
function interrupt(signal: NodeJS.Signals): void {
  if (interrupted_ms && Date.now() - interrupted_ms > same_interrupt_ms) process.exit(1)
  if (interrupted_ms) return
  interrupted_ms = Date.now()
  console.error(`\n${signal}: taking everything down`)
  running?.kill()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

/** @returns the exit code */
async function main(): Promise<number> {
  try {
    const chosen = options(process.argv.slice(2))
    if (chosen === 'help') {
      console.log(help)
      return 0
    }
    const result = await runAll(chosen)
    return close(result, process.env.CI === 'true')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    await shared.close()
    return 1
  }
}

process.exit(await main())
