import type { ByteReader } from '../bytes.ts'
import { DamagedImage, Parts, type Seen } from './seen.ts'

/** Beside those that make up the pixels: transparency, colours, size, and how it moves. */
const kept = new Set(
  'tRNS cHRM gAMA iCCP sRGB sBIT cICP mDCV cLLI bKGD pHYs acTL fcTL fdAT'.split(' '),
)

/**
 * A PNG without its metadata: texts, Exif and times go, and whatever stands behind its end. What makes
 * up the pixels is passed on as it is. https://www.w3.org/TR/png-3/#11Chunks
 */
export async function* stripPng(reader: ByteReader, seen: Seen): AsyncGenerator<Buffer> {
  const signature = await reader.read(8)
  if (!signature) throw new DamagedImage('The picture ends too soon.')
  yield signature
  const parts = new Parts()
  for (;;) {
    const head = await reader.read(8)
    if (!head) return
    const name = head.toString('latin1', 4)
    if (!/^[A-Za-z]{4}$/.test(name)) throw new DamagedImage('A chunk has no name.')
    // What it holds, and a check of that.
    const bytes = head.readUInt32BE() + 4
    parts.note(bytes)
    // Decoders go by the first.
    if (name === 'IHDR' && seen.width === undefined && (await reader.fill(8))) {
      seen.width = reader.held.readUInt32BE(0)
      seen.height = reader.held.readUInt32BE(4)
    }
    // A capital letter says that there is no picture without it.
    const isKept = /^[A-Z]/.test(name) || kept.has(name)
    if (isKept) yield head
    for await (const piece of reader.pass(bytes)) if (isKept) yield piece
    if (name === 'IEND') return
  }
}
