/** What a failed test leaves for the person who looks into it, below `dist/test-traces/`. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { output } from '../project.ts'
import type { Outcome } from './outcome.ts'

const all = join(output, 'test-traces')
const runs_kept = 10

export type Traces = {
  /** The folder of this run; browser tests put their pages' into it. */
  folder: string
  /**
   * Keeps what a file printed and what its server said.
   * @param turn `first`, or `again` for the second try
   * @returns the folder, to be shown
   */
  keep(outcome: Outcome, serverSaid: string, turn: string): Promise<string>
}

/** A folder for this run. Those of earlier runs go, but for the latest. */
export async function openTraces(): Promise<Traces> {
  const folder = join(all, `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}`)
  const before = await readdir(all).catch(() => [])
  for (const name of before.sort().slice(0, -runs_kept)) {
    await rm(join(all, name), { recursive: true, force: true })
  }
  return {
    folder,
    async keep(outcome, serverSaid, turn) {
      const place = join(folder, outcome.file)
      await mkdir(place, { recursive: true })
      const said = [...outcome.failures, outcome.output].join('\n')
      await writeFile(join(place, `output-${turn}.txt`), said)
      if (serverSaid) await writeFile(join(place, `server-${turn}.txt`), serverSaid)
      return place
    },
  }
}
