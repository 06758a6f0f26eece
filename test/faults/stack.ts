/** The stack under test: what is done to its containers, and what its database says. */
import { join } from 'node:path'
import { docker } from '../bench/kit/compose.ts'
import { project as folder } from '../project.ts'
import { until } from '../until.ts'

const file = join(folder, 'docker-compose.yml')
const project = process.env.COMPOSE_PROJECT_NAME ?? ''
const mebibyte_kib = 1024

/** How many backends there are while nothing is done to them. */
export const backends_usual = 3

/** Runs `docker compose` on the stack. Rejects with what it said when it fails. */
export const compose = (...args: string[]): Promise<string> => docker(...composeArgs(...args))

/** The arguments of `docker` that do so. */
export const composeArgs = (...args: string[]): string[] => [
  'compose',
  '-f',
  file,
  '-p',
  project,
  ...args,
]

/** The containers of the backends that run, by their numbers. */
export async function backends(): Promise<string[]> {
  const labels = ['project', 'service'].map((name) => `label=com.docker.compose.${name}`)
  const filters = [`${labels[0]}=${project}`, `${labels[1]}=backend`]
  const format = '{{.Label "com.docker.compose.container-number"}} {{.ID}}'
  const flags = filters.flatMap((filter) => ['--filter', filter])
  const lines = (await docker('ps', ...flags, '--format', format)).split('\n').filter(Boolean)
  const rows = lines.map((line) => line.split(' ') as [string, string])
  return rows.sort(([a], [b]) => Number(a) - Number(b)).map(([, id]) => id)
}

/** Gives the stack so many backends, as an operator does; comes back when all are healthy. */
export async function scale(count: number): Promise<void> {
  await compose(
    'up',
    '-d',
    '--no-build',
    '--wait',
    '--wait-timeout',
    '60',
    `--scale=backend=${count}`,
  )
}

/**
 * Gives the stack its usual backends back; comes back when all of them answer. They are asked here:
 * of a container that was paused the engine says for 20 s that it is not healthy.
 */
export async function mend(): Promise<void> {
  const wanted = ['--no-build', '--no-recreate', '--no-deps', `--scale=backend=${backends_usual}`]
  await compose('up', '-d', ...wanted, 'backend')
  for (const one of await backends()) await until(() => isReady(one))
}

/** Whether a backend can take requests. */
export const isReady = (container: string): Promise<boolean> =>
  docker('exec', container, 'node', '-e', asksItself).then(
    () => true,
    () => false,
  )

const asksItself =
  "fetch('http://127.0.0.1:3000/readyz').then(({ ok }) => process.exit(ok ? 0 : 1))"

/**
 * Ends the first process of a container with SIGKILL, from outside of it: inside, the kernel keeps
 * it from that, and `docker kill` would count as a wish that it stays away.
 */
export async function killHard(container: string): Promise<void> {
  const [pid = '', image = ''] = (
    await docker('inspect', '-f', '{{.State.Pid}} {{.Image}}', container)
  ).split(' ')
  const outside = ['--rm', '--network', 'none', '--pid', 'host', '--user', '0']
  await docker('run', ...outside, '--entrypoint', '/bin/sh', image, '-c', `kill -9 ${pid}`)
}

/** Restarts a container as an operator would, with SIGTERM; comes back when it is healthy again. */
export async function restart(container: string): Promise<void> {
  await docker('restart', '--time', '15', container)
  const health = () => docker('inspect', '-f', '{{.State.Health.Status}}', container)
  await until(async () => (await health()) === 'healthy')
}

/** Lets nginx read its configuration anew; comes back when all its workers are new ones. */
export async function reload(): Promise<void> {
  const before = await workers()
  await compose('exec', '-T', 'nginx', 'nginx', '-s', 'reload')
  await until(async () => {
    const now = await workers()
    return now.length > 0 && now.every((pid) => !before.includes(pid))
  })
}

/** The files of nginx's workers, without those that finish what they have begun. */
async function workers(): Promise<string[]> {
  const find = "grep -lz '^nginx: worker process$' /proc/[0-9]*/cmdline || true"
  const found = await compose('exec', '-T', 'nginx', 'sh', '-c', find)
  return found.split('\n').filter(Boolean)
}

/** How often the engine has started a container again by itself. */
export const restarts = async (container: string): Promise<number> =>
  Number(await docker('inspect', '-f', '{{.RestartCount}}', container))

/** What SQL gives: the lines of all its answers. */
export const sql = (...statements: string[]): Promise<string> =>
  compose(...psql, ...statements.flatMap((statement) => ['-c', statement]))

const psql = ['exec', '-T', 'db', 'psql', '-U', 'postgres', '-X', '-q', '-A', '-t', '-v']
psql.push('ON_ERROR_STOP=1')

/** The resident memory of each backend's first process, in MiB. */
export async function memory_mib(): Promise<number[]> {
  const statuses = (await backends()).map((id) => docker('exec', id, 'cat', '/proc/1/status'))
  return (await Promise.all(statuses)).map((status) => {
    const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
    if (!(kib > 0)) throw new Error(`No VmRSS in /proc/1/status:\n${status}`)
    return kib / mebibyte_kib
  })
}

/** The last lines that the services have printed since a time. @param since_ms since 1970 */
export const logs = (since_ms: number, lines: number): Promise<string> => {
  const since = new Date(since_ms).toISOString()
  return compose('logs', '--no-color', '--since', since, '--tail', String(lines))
}
