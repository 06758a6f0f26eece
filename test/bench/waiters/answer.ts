/** Reads HTTP answers off a bare socket. Texts hold one character for each byte (latin1). */

export type Answer = { status: number; head: string; body: string }

const end_of_head = '\r\n\r\n'
const length_header = /\r\ncontent-length: *(\d+)/i

/**
 * The answer, once it is whole; nothing comes behind one, since nothing is asked before it.
 * @throws {Error} where its length is told in no way that is read here
 */
export function wholeAnswer(text: string): Answer | undefined {
  const end = text.indexOf(end_of_head)
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const body = wholeBody(head, text.slice(end + end_of_head.length))
  return body === undefined ? undefined : { status: Number(head.slice(9, 12)), head, body }
}

/** The value of a header. */
export function header(head: string, name: RegExp): string | undefined {
  return name.exec(head)?.[1]
}

function wholeBody(head: string, after: string): string | undefined {
  const length = header(head, length_header)
  if (length === undefined) return wholeChunks(after)
  return after.length < Number(length) ? undefined : after.slice(0, Number(length))
}

function wholeChunks(after: string): string | undefined {
  let body = ''
  for (let at = 0; ; ) {
    const line = after.indexOf('\r\n', at)
    if (line < 0) return undefined
    const bytes = Number.parseInt(after.slice(at, line), 16)
    if (Number.isNaN(bytes)) throw new Error(`no length: ${after.slice(at, line)}`)
    const end = line + 2 + bytes
    if (after.length < end + 2) return undefined
    if (bytes === 0) return body
    body += after.slice(line + 2, end)
    at = end + 2
  }
}
