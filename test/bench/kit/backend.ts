/** One backend process as the container runs it, without the proxy. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../../handlers/local/server.ts'
import type { PgEnv } from '../../database.ts'
import { bundleServer } from './bundle.ts'
import { collectable, type Loop, loopOf, type Program, startCommand, watchable } from './program.ts'

const project = fileURLToPath(new URL('../../../', import.meta.url))
const ready_ms_max = 60_000
const look_ms = 50

/** So many that pace holds up no benchmark. Who posts is still counted. */
const unpaced = {
  POST_RATE: '1000000',
  POST_BURST: '10000000',
  GUESTS_PER_HOUR: '10000000',
  ROOMS_PER_HOUR: '10000000',
}

export type Backend = { baseUrl: string; pid: number; loop: Loop; stop(): Promise<void> }

/**
 * Starts `npm run build`'s bundle on the loopback address, and waits until it is ready.
 * @param store the database that it uses
 * @param entry another entry than the container's, built in the same way
 * @throws {Error} with what it printed, when it does not get ready
 */
export async function startBackend(store: PgEnv, entry?: URL): Promise<Backend> {
  const file = await bundleServer(entry)
  // An entry of a benchmark holds node.ts as well, which would start itself if it were the program.
  const what = entry ? ['--input-type=module', '--eval', `import ${JSON.stringify(file)}`] : [file]
  const port = await freePort()
  const folders = { PUBLIC_DIR: `${project}public`, SQL_DIR: `${project}sql` }
  const place = { HOST: '127.0.0.1', PORT: String(port), NODE_ENV: 'production' }
  const own = { ...store, DATABASE_URL: '', ...folders, ...place, ...unpaced }
  const env = { ...process.env, ...own }
  const program = startCommand(
    process.execPath,
    [...collectable, ...watchable, ...(await containerFlags()), ...what],
    env,
    'ipc',
  )
  const baseUrl = `http://127.0.0.1:${port}`
  await ready(baseUrl, program)
  return { baseUrl, pid: program.pid, loop: loopOf(program), stop: program.stop }
}

/** What the container's command gives to Node, so that what is measured is what is run. */
async function containerFlags(): Promise<string[]> {
  const dockerfile = await readFile(`${project}Dockerfile`, 'utf8')
  const [, words = ''] = /^CMD \["node", (.*), "node\.mjs"\]$/m.exec(dockerfile) ?? []
  return JSON.parse(`[${words}]`)
}

async function ready(baseUrl: string, program: Program): Promise<void> {
  const end_ms = performance.now() + ready_ms_max
  let ended = false
  void program.gone.then(() => {
    ended = true
  })
  for (;;) {
    const response = await fetch(`${baseUrl}/readyz`).catch(() => undefined)
    if (response?.ok) return
    if (ended || performance.now() > end_ms) {
      await program.stop()
      throw new Error(`The server did not get ready. It said:\n${program.said()}`)
    }
    await sleep(look_ms)
  }
}
