/** The runner run by its own tests, on the small tree of tests in `fixtures/`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { program, project } from '../project.ts'

export const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))

/** What a run of the runner came to. */
export type Run = { code: number | null; output: string; closing: string }

/** A run under way; `until` settles when its output holds a text. */
export type Started = { child: ChildProcess; until(text: string): Promise<void>; end: Promise<Run> }

type Env = Record<string, string | undefined>

/** Variables that would decide for a run what these tests decide. */
const own: Env = {
  CI: undefined,
  BASE_URL: undefined,
  CHROMIUM: undefined,
  TEST_RUN: undefined,
  NODE_CHANNEL_FD: undefined,
}

/**
 * Starts the runner on the fixtures.
 * @param args its arguments
 * @param env variables to set; undefined takes one away
 */
export function start(args: string[], env: Env = {}): Started {
  const all = { ...process.env, ...own, ...env }
  for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
  const command = [...program('test/run.ts'), '--root', fixtures, '--limit', '1', ...args]
  const child = spawn(process.execPath, command, { cwd: project, env: all, stdio: 'pipe' })
  let output = ''
  let heard = () => {}
  const keep = (chunk: Buffer) => {
    output += chunk
    heard()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (output.includes(text)) resolve()
      }
      heard()
    })
  const end = once(child, 'close').then(([code]) => {
    return { code, output, closing: output.trimEnd().split('\n').at(-1) ?? '' }
  })
  return { child, until, end }
}

/** Runs the runner on the fixtures, to its end. */
export function run(args: string[], env: Env = {}): Promise<Run> {
  return start(args, env).end
}
