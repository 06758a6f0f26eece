/** How long each file took last time on this machine, for the order of the next run. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { output } from '../project.ts'
import type { Outcome } from './outcome.ts'

const kept = join(output, 'test-times.json')

/** Seconds by file; empty where nothing has run yet. */
export async function readTimes(): Promise<Record<string, number>> {
  return readFile(kept, 'utf8').then(JSON.parse, () => ({}))
}

/** Adds the times of a run to those of earlier ones. */
export async function keepTimes(outcomes: Outcome[]): Promise<void> {
  const times = await readTimes()
  for (const { file, seconds, failed } of outcomes) {
    if (failed === 0) times[file] = Math.round(seconds * 10) / 10
  }
  await mkdir(output, { recursive: true })
  const whole = `${kept}.${process.pid}`
  await writeFile(whole, `${JSON.stringify(times, null, 2)}\n`)
  await rename(whole, kept)
}
