/** A compose stack of its own, for the layer that does harm to one. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { project as folder } from '../project.ts'

const run = promisify(execFile)

/** Not `natter-faults-…`: what is taken down here must never be a stack that somebody uses. */
const project = `${process.env.COMPOSE_PROJECT_NAME || 'natter'}-faults`

const start_s = '300'

/** More than the tests ever ask of one person and from one address. */
const bounds = {
  POST_RATE: '100000',
  POST_BURST: '1000000',
  WAITS_PER_ADDRESS: '2000',
  REQUESTS_PER_SECOND: '100000',
  REQUEST_BURST: '10000',
}

/** A stack with three backends; `env` is how its tests find it. */
export type Replicas = { env: Record<string, string>; stop(): Promise<void> }

/**
 * Why this machine cannot run a stack.
 * @returns a sentence that says what to do about it, or undefined when it can
 */
export function lacksEngine(env: NodeJS.ProcessEnv): string | undefined {
  const answers = (...args: string[]) => spawnSync('docker', args, { env }).status === 0
  if (!answers('compose', 'version')) {
    return 'no `docker compose` here; install Docker with Compose v2'
  }
  // Of the client as well as of the engine; without the latter it fails.
  if (!answers('version')) return 'no Docker engine answers; start it, or name one in DOCKER_HOST'
  return undefined
}

/**
 * Builds the images and starts the stack with a new volume, on a port of 127.0.0.1 that is free or
 * that FAULTS_PORT names. Rejects with what compose said.
 */
export async function startReplicas(): Promise<Replicas> {
  const port = process.env.FAULTS_PORT || '0'
  const settings = { ...bounds, COMPOSE_PROJECT_NAME: project, NATTER_PORT: `127.0.0.1:${port}` }
  const compose = (...args: string[]) =>
    run('docker', ['compose', '-f', 'docker-compose.yml', '-p', project, ...args], {
      cwd: folder,
      env: { ...process.env, ...settings },
      maxBuffer: 2 ** 24,
    })
  const stop = async () => {
    const clean = ['--volumes', '--remove-orphans', '--rmi', 'local', '--timeout', '2']
    await compose('down', ...clean)
  }
  // What a run left that was killed.
  await stop()
  try {
    await compose('up', '-d', '--build', '--wait', '--wait-timeout', start_s, '--scale=backend=3')
    const published = (await compose('port', 'nginx', '8080')).stdout.trim()
    return { env: { ...settings, BASE_URL: `http://${published}` }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
