/** Runs benchmarks and keeps their figures: `tsx test/bench/run.ts --help`. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { benches } from './benches.ts'
import type { Bench, Context, Option, Report } from './kit/bench.ts'
import { printed } from './kit/table.ts'
import { openTarget, type Target } from './kit/target.ts'
import { machine } from './machine.ts'
import { keep, resultsFile } from './results.ts'

type Asked = { wanted: Bench[]; values: Record<string, unknown> }

/** Several benchmarks may have one option in common. */
const options: [string, Option][] = Object.entries(
  Object.assign({}, ...benches.map((bench) => bench.options ?? {})),
)

const help = `Usage: npm run bench [-- options] [name …]

Runs the benchmarks named, or all of them, and keeps their tables in ${resultsFile}.

Benchmarks
${benches.map(({ name, shows }) => `  ${name.padEnd(20)}${shows}`).join('\n')}

Options
${options.map(([name, option]) => `  ${`--${name}`.padEnd(20)}${describe(option)}`).join('\n')}
  --help

Environment
  BASE_URL               the server to measure; one is started if not set, and always for
                         fanout, post, open and search
  COMPOSE_PROJECT_NAME   its compose project, where that cannot be told from the port
  PGHOST …               its database (else that of a server started here), to count connections
  CHROMIUM               the browser's program
  NCHAN_NGINX            an nginx that can load nchan, for fanout (/usr/sbin/nginx)
  NCHAN_MODULE           nchan (/usr/lib/nginx/modules/ngx_nchan_module.so)

One address may hold 1,000 waits: for hold on the stack, start it with
UNLIMITED_ADDRESSES=172.16.0.0/12. On 127.0.0.1 all connections go through the engine's own proxy,
which may open too few files for them: "userland-proxy": false in its daemon.json leaves that out.`

function describe({ says, standard }: Option): string {
  return standard ? `${says} (${standard})` : says
}

/** The options as `parseArgs` takes them. */
function flags(): ParseArgsConfig['options'] {
  const own = options.map(([name, { standard }]) =>
    standard === undefined
      ? [name, { type: 'boolean' as const }]
      : [name, { type: 'string' as const, default: standard }],
  )
  return { help: { type: 'boolean', short: 'h' }, ...Object.fromEntries(own) }
}

/** The command line. @throws {Error} for what is not known; the message lists the names. */
function read(argv: string[]): Asked | 'help' {
  const parsed = parseArgs({ args: argv, allowPositionals: true, options: flags() })
  const { positionals } = parsed
  const values: Record<string, unknown> = parsed.values
  if (values.help) return 'help'
  const names = benches.map(({ name }) => name)
  const unknown = positionals.filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new Error(`No benchmark ${unknown.join(', ')}. There are: ${names.join(', ')}`)
  }
  const wanted = benches.filter(({ name }) => !positionals.length || positionals.includes(name))
  return { wanted, values }
}

let target: Promise<Target> | undefined

function contextOf(values: Asked['values']): Context {
  return {
    target: () => {
      target ??= openTarget()
      return target
    },
    option: (name) => (values[name] ? String(values[name]) : ''),
    say: (line) => console.log(`  ${line}`),
  }
}

async function closeTarget(): Promise<void> {
  const opened = await target?.catch(() => undefined)
  await opened?.close()
}

function show({ server, tables, notes }: Report): void {
  console.log(`\n${server}\n`)
  for (const table of tables) console.log(`${printed(table)}\n`)
  for (const note of notes) console.log(`${note}\n`)
}

/** Runs what is wanted; one that fails keeps its old figures and stops no other. @returns how many failed */
async function runAll({ wanted, values }: Asked): Promise<number> {
  const context = contextOf(values)
  let failed = 0
  console.log(machine())
  for (const bench of wanted) {
    console.log(`\n── ${bench.name}: ${bench.shows}`)
    try {
      const report = await bench.run(context)
      show(report)
      await keep(bench, report)
      console.log(`Kept in ${resultsFile}`)
    } catch (error) {
      failed++
      console.error(`  failed: ${inWords(error)}`)
    }
  }
  return failed
}

/** What went wrong, with what `fetch` keeps to itself. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause ? `${error.message}: ${inWords(error.cause)}` : error.message
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeTarget().finally(() => process.exit(1)))
}

/** @returns the exit code */
async function main(): Promise<number> {
  try {
    const asked = read(process.argv.slice(2))
    if (asked !== 'help') return (await runAll(asked)) > 0 ? 1 : 0
    console.log(help)
    return 0
  } catch (error) {
    console.error(inWords(error))
    return 1
  } finally {
    await closeTarget()
  }
}

process.exit(await main())
