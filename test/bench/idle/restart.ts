/** Takes a compose stack down and up again. */
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { docker } from '../kit/compose.ts'
import { createGuest } from '../kit/guest.ts'

const file = fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url))
const patience_ms = 120_000
const again_ms = 20

export type Start = {
  /** Whether the database had to be made first. */
  volume: 'new volume' | 'its volume kept'
  /** From the command to its end. */
  up_ms: number
  /** From the command to the first message stored. */
  accepted_ms: number
}

/**
 * Takes the project down, its volume stays, and starts it with the images that are there. The
 * settings (`NATTER_PORT` and so on) are the environment's and those of `.env`.
 * @throws {Error} with what compose said, or when no message is accepted within two minutes
 */
export async function restart(project: string): Promise<Start> {
  const compose = (...args: string[]) => docker('compose', '-f', file, '-p', project, ...args)
  await compose('down')
  const volume = (await hasVolume(project)) ? 'its volume kept' : 'new volume'
  const started_ms = performance.now()
  await compose('up', '-d', '--no-build')
  const up_ms = performance.now() - started_ms
  const published = await compose('port', 'nginx', '8080')
  await firstMessage(`http://${published.replace('0.0.0.0', 'localhost')}`)
  return { volume, up_ms, accepted_ms: performance.now() - started_ms }
}

async function hasVolume(project: string): Promise<boolean> {
  const filter = `label=com.docker.compose.project=${project}`
  return (await docker('volume', 'ls', '-q', '--filter', filter)) !== ''
}

async function firstMessage(baseUrl: string): Promise<void> {
  const until_ms = performance.now() + patience_ms
  for (;;) {
    try {
      const guest = await createGuest(baseUrl, 'First')
      await guest.post('lobby', 'Is this on?')
      return
    } catch (error) {
      if (performance.now() > until_ms) throw error
      await sleep(again_ms)
    }
  }
}
