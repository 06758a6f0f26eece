/**
 * Puts faults into a copy of the product, one by one, and says which test catches each and how soon:
 * `npm run test:mutants -- --help`.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { project } from './project.ts'
import type { Kept } from './runner/kept.ts'

type Mutant = {
  name: string
  file: string
  /** What stands there once, and what is put in its place. */
  right: string
  wrong: string
  /** Only a proxy can catch it: the tests run on compose. */
  isBehindProxy?: true
}

const mutants: Mutant[] = [
  {
    name: 'history-floor',
    file: 'handlers/chat/entry.ts',
    right: 'greatest(m.floor, r.first_seq) as floor',
    wrong: 'r.first_seq as floor',
  },
  {
    name: 'paging-off-by-one',
    file: 'handlers/chat/pages.ts',
    right: 'm.room_id = $1 and m.n < $2',
    wrong: 'm.room_id = $1 and m.n <= $2',
  },
  {
    name: 'no-csrf-check',
    file: 'handlers/http/guards.ts',
    right: "return c.req.header('sec-fetch-site') === 'cross-site' || hasForeignOrigin(c)",
    wrong: 'return hasForeignOrigin(c) && false',
  },
  {
    name: 'no-304',
    file: 'handlers/http/range.ts',
    right: "header?.trim() === '*' ||",
    wrong: "header?.trim() === '*' && header !== '*' &&",
  },
  {
    name: 'unread-off-by-one',
    file: 'handlers/chat/unread.ts',
    right: 'n > own.after order by n',
    wrong: 'n >= own.after order by n',
  },
  {
    name: 'no-listen-reconnect',
    file: 'handlers/live/listen.ts',
    right: 'if (this.#line) this.#lose(error)\n      if (this.#stopped) return',
    wrong: 'if (this.#line) this.#lose(error)\n      if (this.#stopped || startedAt > 0) return',
  },
  {
    name: 'html-in-names',
    file: 'handlers/pages/person.tsx',
    right: '>{person.name}<',
    wrong: '>{Object.assign(new String(person.name), { isEscaped: true }) as never}<',
  },
  {
    name: 'ban-ignored-when-posting',
    file: 'handlers/chat/writing/post.ts',
    right: '} or (s.key is null and r.visibility',
    wrong: '} and p.banned_at is null or (s.key is null and r.visibility',
  },
  {
    name: 'nonce-conflict-ignored',
    file: 'handlers/chat/writing/post.ts',
    right: 'when known.n is not null and (known.body <> a.body',
    wrong: 'when known.n is not null and (false',
  },
  {
    name: 'epoch-ignored',
    file: 'handlers/live/cursor.ts',
    right: 'cursor.epoch === epoch && cursor.seq <= head',
    wrong: 'cursor.seq <= head',
  },
  {
    name: 'no-body-limit-in-nginx',
    file: 'nginx/snippets/body-limits.conf',
    right: 'client_max_body_size 256k',
    wrong: 'client_max_body_size 0',
    isBehindProxy: true,
  },
]

const help = `Usage: npm run test:mutants -- [options] [name …]

Puts one fault at a time into a copy of what is committed, runs the tests until one fails, and says
which did. A fault that no test catches is a failure.

Faults
${mutants.map(({ name, file }) => `  ${name.padEnd(26)}${file}`).join('\n')}

Options
  --only WORDS   run these tests alone, such as "handlers stack"
  --help`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, help: { type: 'boolean', short: 'h' } },
})
const chosen = mutants.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (values.help || chosen.length === 0) {
  console.log(help)
  process.exit(values.help ? 0 : 2)
}
const only = values.only.split(' ').filter(Boolean)

const git = (...args: string[]) => execFileSync('git', args, { cwd: project, stdio: 'pipe' })

/** What caught a fault; `file` is undefined where nothing did. */
type Caught = { file: string | undefined; error: string; seconds: number }

async function withMutant(folder: string, mutant: Mutant, work: () => Promise<Caught>) {
  const file = join(folder, mutant.file)
  const text = await readFile(file, 'utf8')
  if (text.split(mutant.right).length !== 2) {
    throw new Error(`${mutant.name}: what it replaces does not stand once in ${mutant.file}`)
  }
  await writeFile(
    file,
    text.replace(mutant.right, () => mutant.wrong),
  )
  try {
    return await work()
  } finally {
    await writeFile(file, text)
  }
}

/** Runs the tests of a copy until one of them fails. */
async function firstFailure(folder: string, wanted: string[], env = {}): Promise<Caught> {
  const results = join(folder, 'dist', 'results.json')
  await rm(results, { force: true })
  const begun_ms = Date.now()
  const args = ['test/run.mjs', '--bail', '--results', results, ...wanted]
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await once(child, 'close')
  const seconds = (Date.now() - begun_ms) / 1000
  const kept: Kept = JSON.parse(await readFile(results, 'utf8'))
  const [first] = kept.failed
  return { file: first?.file, error: first?.error ?? 'nothing failed', seconds }
}

/** The same against the compose stack of a copy, which is taken down again. */
async function firstFailureBehindNginx(folder: string): Promise<Caught> {
  const compose = (...args: string[]) =>
    execFileSync('docker', ['compose', '-p', 'natter-mutant', ...args], {
      cwd: folder,
      env: { ...process.env, NATTER_PORT: '127.0.0.1:0' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  try {
    compose('up', '-d', '--build', '--wait', '--wait-timeout', '300')
    const published = compose('port', 'nginx', '8080').trim()
    return await firstFailure(folder, ['stack'], { BASE_URL: `http://${published}` })
  } finally {
    compose('down', '--volumes', '--rmi', 'local', '--timeout', '2')
  }
}

const folder = await mkdtemp(join(tmpdir(), 'natter-mutants-'))
git('worktree', 'add', '--detach', '--force', folder)
let uncaught = 0
try {
  await symlink(join(project, 'node_modules'), join(folder, 'node_modules'))
  for (const mutant of chosen) {
    const { file, error, seconds } = await withMutant(folder, mutant, () =>
      mutant.isBehindProxy ? firstFailureBehindNginx(folder) : firstFailure(folder, only),
    )
    if (!file) uncaught++
    const by = file ? `caught by ${file} after ${Math.round(seconds)} s` : 'NOT CAUGHT'
    console.log(`${mutant.name.padEnd(26)}${by}\n${' '.repeat(26)}${error}`)
  }
} finally {
  git('worktree', 'remove', '--force', folder)
}
process.exit(uncaught > 0 ? 1 : 0)
