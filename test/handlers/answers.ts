/** Answers as they stand in the bytes of a connection. */
import { gunzipSync } from 'node:zlib'

/** An answer, its body decompressed. */
export type Answer = { status: number; headers: Record<string, string>; body: string }

/**
 * The answers that are complete in what a connection has given, a character for each byte.
 * @param hasEnded whether the connection was closed: it ends an answer without a length
 * @param hasBodies whether the answers have bodies, as those to HEAD have not
 */
export function answersIn(text: string, { hasEnded = false, hasBodies = true } = {}): Answer[] {
  const answers: Answer[] = []
  for (let rest = text; ; ) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return answers
    const { status, headers } = headIn(rest.slice(0, end))
    const body = hasBodies
      ? bodyIn(rest.slice(end + 4), headers, hasEnded)
      : ['', rest.slice(end + 4)]
    if (!body) return answers
    const bytes = Buffer.from(body[0] ?? '', 'latin1')
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
    answers.push({ status, headers, body: plain.toString() })
    rest = body[1] ?? ''
  }
}

function headIn(text: string): { status: number; headers: Record<string, string> } {
  const [first = '', ...lines] = text.split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  return { status, headers }
}

/** A body and what follows it; undefined where it is not all there yet. */
function bodyIn(
  text: string,
  headers: Record<string, string>,
  hasEnded: boolean,
): [string, string] | undefined {
  if (headers['transfer-encoding'] === 'chunked') return chunksIn(text)
  if (headers['content-length'] === undefined) return hasEnded ? [text, ''] : undefined
  const length = Number(headers['content-length'])
  return text.length < length ? undefined : [text.slice(0, length), text.slice(length)]
}

function chunksIn(text: string): [string, string] | undefined {
  let body = ''
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at)
    if (line < 0) return undefined
    const size = Number.parseInt(text.slice(at, line), 16)
    const next = line + 2 + size + 2
    if (text.length < next) return undefined
    if (size === 0) return [body, text.slice(next)]
    body += text.slice(line + 2, line + 2 + size)
    at = next
  }
}

/** What a stream has given so far, without the framing of its chunks. */
export function streamedIn(text: string): string {
  const end = text.indexOf('\r\n\r\n')
  let body = ''
  for (let at = end + 4; end >= 0; ) {
    const line = text.indexOf('\r\n', at)
    const size = line < 0 ? 0 : Number.parseInt(text.slice(at, line), 16)
    if (!size || text.length < line + 2 + size) break
    body += text.slice(line + 2, line + 2 + size)
    at = line + 2 + size + 2
  }
  return Buffer.from(body, 'latin1').toString()
}

export type StreamEvent = { id: string | undefined; event: string | undefined; data: string }

/** The events of a stream, as an `EventSource` reads them. */
export const eventsIn = (text: string): StreamEvent[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const lines = block.split(/\r\n|\r|\n/)
      const field = (name: string) => lines.filter((line) => line.startsWith(`${name}: `))
      const value = (name: string) => field(name).map((line) => line.slice(name.length + 2))
      return {
        id: value('id').at(-1),
        event: value('event').at(-1),
        data: value('data').join('\n'),
      }
    })
    .filter(({ data }) => data !== '')
