import { readFile, rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { StartError } from './errors.ts'
import { run } from './run.ts'

/** Recovery after a crash may take a while, and interrupting it gains nothing. */
const START_S_MAX = 300
const STOP_S_MAX = 60
const TRIES_MAX = 5
const RETRY_MS = 300
const LOG_BYTES_MAX = 1_048_576
const LOG_LINES_SHOWN = 12

/**
 * Starts the server, and returns when it takes connections, or when another process has just begun
 * to start it.
 * @param nextPort gives the port to listen on; asked again where another program was faster.
 * @throws {StartError} with the last lines of the server's log.
 */
export async function startServer(
  cluster: Cluster,
  nextPort: () => Promise<number>,
): Promise<void> {
  await shortenLog(cluster.logFile)
  for (let tried = 1; ; tried++) {
    const before = (await readLog(cluster)).length
    const wait = ['-w', '-t', String(START_S_MAX)]
    const options = ['-l', cluster.logFile, '-o', settings(await nextPort(), cluster.settings)]
    const { code, output } = await pgCtl(cluster, ['start', ...wait, ...options])
    const logged = (await readLog(cluster)).slice(before)
    if (code === 0 || logged.includes('lock file "postmaster.pid" already exists')) return
    if (mayPass.test(logged) && tried < TRIES_MAX) {
      await sleep(RETRY_MS)
      continue
    }
    if (output.includes('did not start in time')) await pgCtl(cluster, ['stop', '-m', 'immediate'])
    throw new StartError(
      `PostgreSQL did not start. The end of its log, ${cluster.logFile}:\n${lastLines(logged) || output}`,
    )
  }
}

/**
 * Stops the server and waits for its end. Whoever is connected is cut off; what was committed
 * stays.
 * @throws {StartError} when it does not end in time.
 */
export async function stopServer(cluster: Cluster): Promise<void> {
  const { code, output } = await pgCtl(cluster, [
    ...['stop', '-m', 'fast'],
    ...['-w', '-t', String(STOP_S_MAX)],
  ])
  // Somebody else may have stopped it meanwhile.
  if (code === 0 || /no server running|PID file .* does not exist/i.test(output)) return
  throw new StartError(`PostgreSQL did not stop: ${output}`)
}

/** A port of the loopback address that nobody listens on: `wanted` if that is one. */
export async function freePort(wanted = 0): Promise<number> {
  const probe = createServer()
  return new Promise((done, failed) => {
    probe.once('error', (error) => (wanted ? done(freePort()) : failed(error)))
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : wanted
      probe.close(() => done(port))
    })
  })
}

/** A port that another program was faster to take; processes of a killed server, about to end. */
const mayPass = /could not bind|pre-existing shared memory block/

/** For `postgres` itself; `pg_ctl` hands them through a shell, so no value may need quotes. */
function settings(port: number, others: Record<string, string>): string {
  const all = {
    listen_addresses: '127.0.0.1',
    // The password guards the port; a socket file would need a folder that only we can enter.
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '32MB',
    log_checkpoints: 'off',
    ...others,
  }
  return [`-p ${port}`, ...Object.entries(all).map(([name, value]) => `-c ${name}=${value}`)].join(
    ' ',
  )
}

function pgCtl(cluster: Cluster, args: string[]) {
  return run(cluster.programs.pgCtl, [...args, '-D', cluster.data], cluster.account)
}

async function shortenLog(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found && found.size > LOG_BYTES_MAX) await rename(file, `${file}.old`)
}

const readLog = (cluster: Cluster) => readFile(cluster.logFile, 'utf8').catch(() => '')

const lastLines = (text: string) => text.trim().split('\n').slice(-LOG_LINES_SHOWN).join('\n')
