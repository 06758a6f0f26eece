/** Which files a run consists of, and in which order they begin. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Layer, layers } from '../layers.ts'

/** A file to run, by its path in the folder of tests, and the layer that it is of. */
export type Job = { layer: Layer; file: string }

/**
 * The files to run, in the order of the layers.
 * @param root the folder of tests
 * @param wanted names of layers and parts of files' names; if empty all files, but for layers that
 *   run only where they are named. Rejects for a word that fits nothing.
 */
export async function plan(root: string, wanted: string[]): Promise<Job[]> {
  const files = await testFiles(root)
  const known = layers.map(({ name }) => name)
  for (const file of files) {
    if (!known.includes(layerOf(file)))
      throw new Error(`${file} is in none of: ${known.join(', ')}`)
  }
  for (const word of wanted) {
    if (known.includes(word) || files.some((file) => file.includes(word))) continue
    throw new Error(`No layer and no test file is called ${word}. Layers: ${known.join(', ')}`)
  }
  const isAsked = (file: string) => wanted.length === 0 && !isOnlyNamed(layerOf(file))
  const chosen = files.filter((file) => isAsked(file) || wanted.some(picks(file)))
  return layers.flatMap((layer) =>
    chosen.filter((file) => layerOf(file) === layer.name).map((file) => ({ layer, file })),
  )
}

/** About how many seconds a file takes for each kB of it, by its layer, until a run has measured it. */
const seconds_per_kb: Record<string, number> = { browser: 2, local: 2, faults: 2, runner: 1 }
const seconds_per_kb_else = 0.5

/**
 * Sorts jobs so that the longest begin first: a long one that begins last leaves the other workers
 * idle. A file that never ran here is estimated by its size.
 * @param seconds what each file took last time
 */
export async function longestFirst(
  root: string,
  jobs: Job[],
  seconds: Readonly<Record<string, number>>,
): Promise<Job[]> {
  const timed = jobs.map(async (job) => {
    const pace = seconds_per_kb[job.layer.name] ?? seconds_per_kb_else
    const estimate = async () => ((await stat(join(root, job.file))).size / 1024) * pace
    return { job, time: seconds[job.file] ?? (await estimate()) }
  })
  return (await Promise.all(timed)).toSorted((a, b) => b.time - a.time).map(({ job }) => job)
}

/** The test files of a folder, sorted. Those of `runner/fixtures` are the runner's own. */
async function testFiles(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true })
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.test\.tsx?$/.test(name) && !name.startsWith('runner/fixtures/'))
    .sort()
}

const layerOf = (file: string) => file.split('/')[0] ?? ''

const isOnlyNamed = (layer: string) => layers.some((one) => one.name === layer && one.onlyNamed)

const picks = (file: string) => (word: string) =>
  layers.some(({ name }) => name === word) ? layerOf(file) === word : file.includes(word)
