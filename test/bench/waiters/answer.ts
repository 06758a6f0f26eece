/** Reads HTTP answers off a bare socket. Texts hold one character for each byte (latin1). */

export type Answer = { status: number; head: string; body: string }

/** An answer, and what came behind it. */
export type Taken = { answer: Answer; rest: string }

const end_of_head = '\r\n\r\n'

/**
 * Takes the first answer off what has come so far; undefined while it is not whole.
 * @throws {Error} for an answer whose length is told in no way that is read here
 */
export function takeAnswer(text: string): Taken | undefined {
  const end = text.indexOf(end_of_head)
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const after = text.slice(end + end_of_head.length)
  const taken = takeBody(head, after)
  if (!taken) return undefined
  const status = Number(head.slice(9, 12))
  return { answer: { status, head, body: taken.body }, rest: taken.rest }
}

/** The value of a header. */
export function header(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(head)?.[1]
}

function takeBody(head: string, after: string): { body: string; rest: string } | undefined {
  const length = header(head, 'content-length')
  if (length === undefined) return takeChunks(after)
  const bytes = Number(length)
  if (after.length < bytes) return undefined
  return { body: after.slice(0, bytes), rest: after.slice(bytes) }
}

function takeChunks(after: string): { body: string; rest: string } | undefined {
  let body = ''
  for (let at = 0; ; ) {
    const line = after.indexOf('\r\n', at)
    if (line < 0) return undefined
    const bytes = Number.parseInt(after.slice(at, line), 16)
    if (Number.isNaN(bytes)) throw new Error(`no length: ${after.slice(at, line)}`)
    const end = line + 2 + bytes
    if (after.length < end + 2) return undefined
    if (bytes === 0) return { body, rest: after.slice(end + 2) }
    body += after.slice(line + 2, end)
    at = end + 2
  }
}
