/** A stretch of a file, from one byte up to another that is none of it. */
export type Stretch = { from: number; to: number }

/**
 * The stretch that a `Range` asks for: https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 * @returns null for all of it, which is what several at once, and what is no range, are answered
 *   with; `none` where the file has no such bytes.
 */
export function rangeOf(header: string | undefined, size: number): Stretch | null | 'none' {
  const [, first = '', last = ''] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return null
  if (first === '') {
    const bytes = Math.min(Number(last), size)
    return bytes > 0 ? { from: size - bytes, to: size } : 'none'
  }
  const from = Number(first)
  if (last !== '' && Number(last) < from) return null
  if (from >= size) return 'none'
  return { from, to: last === '' ? size : Math.min(Number(last) + 1, size) }
}

/** Whether `If-None-Match` names a tag. Weak ones are good enough there. */
export const namesTag = (header: string | undefined, tag: string): boolean =>
  header?.trim() === '*' ||
  (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === tag)

/** Whether a range may be answered: `If-Range` names this very content, or is not there. */
export const holdsRange = (header: string | undefined, tag: string): boolean =>
  header === undefined || header.trim() === tag
