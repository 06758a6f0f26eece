/** Processes that the benchmarks start. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const stop_ms_max = 15_000
const said_chars_max = 4_000

/**
 * Lets a process of Node be asked from outside to give back what it does not need any more: by
 * SIGUSR2. Without that its memory is mostly a matter of when it last did so by itself.
 */
export const collectable = [
  '--expose-gc',
  '--import',
  'data:text/javascript,process.on("SIGUSR2", () => globalThis.gc())',
]

/** Lets the event loop of a process of Node with a channel be watched, which then has no other use. */
export const watchable = ['--import', fileURLToPath(new URL('./loop.mjs', import.meta.url))]

export type Program = {
  pid: number
  child: ChildProcess
  /** What it has printed last. */
  said(): string
  /** Settles when it has ended; rejects never. */
  gone: Promise<unknown>
  /** Asks it to end, and makes it end where it does not. */
  stop(): Promise<void>
}

/** Starts a bundled program of ours. Its channel gives messages both ways. */
export function startScript(file: string, env: Record<string, string> = {}): Program {
  return program(
    fork(file, {
      env: { ...process.env, ...env },
      execArgv: collectable,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }),
  )
}

/** Starts any program, with a channel where `ipc` is asked for. @throws {Error} when there is none of that name */
export function startCommand(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  ...own: 'ipc'[]
): Program {
  return program(spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe', ...own] }))
}

function program(child: ChildProcess): Program {
  const { pid } = child
  if (pid === undefined) throw new Error(`${child.spawnfile} could not be started`)
  let said = ''
  const keep = (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-said_chars_max)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const gone = once(child, 'exit').catch(() => {})
  return { pid, child, gone, said: () => said, stop: () => end(child, gone) }
}

/** The next message of a script. @throws {Error} with what it printed, when it ends before that */
export async function told<T>({ child, gone, said }: Program): Promise<T> {
  const ended = gone.then(() => {
    throw new Error(`${child.spawnfile} has ended. It said:\n${said()}`)
  })
  const [message] = await Promise.race([once(child, 'message'), ended])
  return message as T
}

/** How long the event loop was held up between two of its turns, of a millisecond each. */
export type Delays = { p99_ms: number; max_ms: number }

/** The event loop of a program that was started as `watchable`. */
export type Loop = {
  watch(): void
  rest(): void
  /** What was watched since the last time. */
  tell(): Promise<Delays>
}

export const loopOf = (program: Program): Loop => ({
  watch: () => void program.child.send({ loop: 'watch' }),
  rest: () => void program.child.send({ loop: 'rest' }),
  tell() {
    const delays = told<Delays>(program)
    program.child.send({ loop: 'tell' })
    return delays
  },
})

async function end(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const force = setTimeout(() => child.kill('SIGKILL'), stop_ms_max)
  child.kill('SIGTERM')
  await gone
  clearTimeout(force)
}
