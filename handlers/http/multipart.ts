import { ByteReader } from '../bytes.ts'
import { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'

/** A part of a form: a field, or a file. */
export type Part = {
  field: string
  /** As the sender says it; undefined where the part is no file. */
  filename: string | undefined
  /** Read as they are wanted. What is left unread is skipped. */
  bytes: AsyncIterable<Uint8Array>
}

/** A form that is none, or one whose sender broke off. */
export class BrokenForm extends Error {
  readonly refusal: Refusal
  constructor(detail: string, code: 'malformed' | 'too_large' = 'malformed', cause?: unknown) {
    super(detail, { cause })
    this.refusal = new Refusal(code, detail)
  }
}

/** All of a part. @throws {BrokenForm} where it is more than `most` bytes */
export async function gathered(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  what = 'A field',
): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    length += piece.length
    if (length > most) {
      throw new BrokenForm(`${what} holds at most ${most / 1024} KiB.`, 'too_large')
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The boundary that a `Content-Type` names: https://www.rfc-editor.org/rfc/rfc7578#section-4.1 */
export function boundaryOf(contentType: string | undefined): string | Refusal {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType ?? '')) {
    return new Refusal('media_type', 'Send this as a form with a file in it (multipart/form-data).')
  }
  const match = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2] ?? new Refusal('malformed', 'Content-Type names no boundary.')
}

/**
 * The parts of a form, one after another, each while it comes: nothing is read before it is asked
 * for, so whoever stores it sets the pace. https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
 *
 * @throws {BrokenForm}
 */
export async function* partsOf(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Part> {
  const reader = new ByteReader(afterBreak(body))
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  await skip(until(reader, delimiter))
  for (let parts = 0; await hasNext(reader, delimiter); parts++) {
    if (parts === limits.formParts)
      throw new BrokenForm('The form has too many parts.', 'too_large')
    const head = await headOf(reader)
    const bytes = until(reader, delimiter)
    yield { ...described(head), bytes }
    await skip(bytes)
  }
}

/** The first delimiter may stand at the very beginning, where nothing is before its line break. */
async function* afterBreak(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from('\r\n')
  try {
    yield* body
  } catch (error) {
    throw new BrokenForm('The upload broke off.', undefined, error)
  }
}

/** What stands before the next delimiter, which is left. */
async function* until(reader: ByteReader, delimiter: Buffer): AsyncGenerator<Buffer> {
  for (;;) {
    const at = reader.held.indexOf(delimiter)
    // The end of what has come may be the beginning of a delimiter.
    const sure = at === -1 ? reader.held.length - delimiter.length + 1 : at
    if (sure > 0) yield reader.take(sure)
    if (at !== -1) return
    if (!(await reader.more())) throw new BrokenForm('The form ends too soon.')
  }
}

async function skip(bytes: AsyncGenerator<Buffer>): Promise<void> {
  for await (const _ of bytes);
}

/** Goes past a delimiter. @returns whether it is not the last one. */
async function hasNext(reader: ByteReader, delimiter: Buffer): Promise<boolean> {
  await reader.fill(delimiter.length + 2)
  reader.take(delimiter.length)
  if (reader.held.subarray(0, 2).equals(Buffer.from('--'))) return false
  // Between a delimiter and its line break there may be blanks.
  for (let blanks = 0; blanks < 32; blanks++) {
    const next = (await reader.read(1))?.[0]
    if (next === 0x0d && (await reader.read(1))?.[0] === 0x0a) return true
    if (next !== 0x20 && next !== 0x09) break
  }
  throw new BrokenForm('A delimiter of the form has no line break behind it.')
}

const END = Buffer.from('\r\n\r\n')

async function headOf(reader: ByteReader): Promise<string> {
  for (;;) {
    const at = reader.held.indexOf(END)
    if (at > limits.formHeadBytes || (at === -1 && reader.held.length > limits.formHeadBytes)) {
      throw new BrokenForm('The head of a part of the form is too long.', 'too_large')
    }
    if (at !== -1) return decoded(reader.take(at + END.length).subarray(0, at))
    if (!(await reader.more())) throw new BrokenForm('The form ends too soon.')
  }
}

/** @throws {BrokenForm} where it is no UTF-8. */
export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new BrokenForm('The form holds something that is not valid UTF-8.')
  }
}

/** What a part says of itself: https://www.rfc-editor.org/rfc/rfc7578#section-4.2 */
function described(head: string): Pick<Part, 'field' | 'filename'> {
  const line = head.split('\r\n').find((one) => /^content-disposition\s*:/i.test(one))
  if (!line || !/:\s*form-data\s*(;|$)/i.test(line)) {
    throw new BrokenForm('A part of the form does not say what it is.')
  }
  const field = parameter(line, 'name')
  if (field === undefined) throw new BrokenForm('A part of the form has no name.')
  return { field, filename: extended(line) ?? parameter(line, 'filename') }
}

/** A quoted parameter. Browsers write `"` as `%22`, others as `\"`. */
function parameter(line: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:\\\\"|[^"])*)"|([^\\s;"]+))`, 'i').exec(line)
  return (match?.[1] ?? match?.[2])?.replaceAll('\\"', '"').replaceAll('%22', '"')
}

/** `filename*=UTF-8''na%C3%AFve.txt`, which is not to be used in forms, and which some use. */
function extended(line: string): string | undefined {
  const match = /;\s*filename\*=utf-8''([^\s;]+)/i.exec(line)
  try {
    return match?.[1] && decodeURIComponent(match[1])
  } catch {
    return undefined
  }
}
