import { limits } from '../../limits.ts'
import { oneLine } from '../text.ts'

// What Windows takes in no name, and what begins a hidden file.
const forbidden = /[<>:"|?*\\/]/g

/**
 * A file's name as it is kept: one line without a path, without what controls or turns what follows,
 * not longer than file systems have it. The end of a long name stays, since it says what it is.
 */
export function fileName(given: string | undefined): string {
  const last =
    (given ?? '')
      .slice(-limits.fileNameChars * 10)
      .split(/[\\/]/)
      .at(-1) ?? ''
  const line = oneLine(last.toWellFormed())
    .replace(forbidden, '_')
    .replace(/^[. ]+|[. ]+$/g, '')
  const letters = [...line]
  if (letters.length <= limits.fileNameChars) return line || 'file'
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(line)?.[0] ?? ''
  return letters.slice(0, limits.fileNameChars - ending.length).join('') + ending
}
