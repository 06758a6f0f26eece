/** Which files a run consists of. */
import { parse } from 'uvu/parse'
import { type Layer, layers } from '../layers.ts'

/** A layer and its files, by their paths in the folder of tests. */
export type Plan = { layer: Layer; files: string[] }

/**
 * The files to run, by layer, in the order of the layers.
 * @param root the folder of tests
 * @param wanted names of layers and parts of files' names; if empty all files, but for layers that
 *   run only where they are named. Rejects for a word that fits nothing.
 */
export async function plan(root: string, wanted: string[]): Promise<Plan[]> {
  const { suites } = await parse(root, /\.test\.tsx?$/, { ignore: ['^runner/fixtures'] })
  const files = suites.map(({ name }) => name.replaceAll('\\', '/'))
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
  return layers
    .map((layer) => ({ layer, files: chosen.filter((file) => layerOf(file) === layer.name) }))
    .filter(({ files }) => files.length > 0)
}

const layerOf = (file: string) => file.split('/')[0] ?? ''

const isOnlyNamed = (layer: string) => layers.some((one) => one.name === layer && one.onlyNamed)

const picks = (file: string) => (word: string) =>
  layers.some(({ name }) => name === word) ? layerOf(file) === word : file.includes(word)
