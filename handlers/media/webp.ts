import type { ByteReader } from '../bytes.ts'
import { DamagedImage, Parts, type Seen } from './seen.ts'

const HAS_EXIF = 0x08
const HAS_XMP = 0x04

/**
 * A WebP without its metadata. Its size stands at its beginning, so that Exif and XMP are made chunks
 * of zeros, whose name says nothing to anybody; what stands behind its end goes. What makes up the
 * pixels is passed on as it is. https://developers.google.com/speed/webp/docs/riff_container
 */
export async function* stripWebp(reader: ByteReader, seen: Seen): AsyncGenerator<Buffer> {
  const head = await reader.read(12)
  if (!head) throw new DamagedImage('The picture ends too soon.')
  yield head
  const parts = new Parts()
  for (let left = head.readUInt32LE(4) - 4; left >= 8; ) {
    const chunk = await reader.read(8)
    if (!chunk) return
    const name = chunk.toString('latin1', 0, 4)
    // An odd one has a byte more, which is none of it.
    const bytes = Math.min(chunk.readUInt32LE(4) + (chunk.readUInt32LE(4) % 2), left - 8)
    left -= 8 + bytes
    parts.note(bytes)
    const isTold = name === 'EXIF' || name === 'XMP '
    yield isTold ? Buffer.concat([Buffer.from('JUNK'), chunk.subarray(4)]) : chunk
    await look(reader, name, bytes, seen)
    for await (const piece of reader.pass(bytes)) yield isTold ? Buffer.alloc(piece.length) : piece
  }
}

/** Takes the size from the chunk that begins, and from it that there is metadata. */
async function look(reader: ByteReader, name: string, bytes: number, seen: Seen): Promise<void> {
  if (!/^VP8[XL ]$/.test(name) || bytes < 10 || !(await reader.fill(10))) return
  const { held } = reader
  if (name === 'VP8X') held[0] = (held[0] as number) & ~(HAS_EXIF | HAS_XMP)
  if (seen.width !== undefined) return
  if (name === 'VP8X') {
    Object.assign(seen, { width: held.readUIntLE(4, 3) + 1, height: held.readUIntLE(7, 3) + 1 })
  } else if (name === 'VP8L') {
    const bits = held.readUInt32LE(1)
    Object.assign(seen, { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 })
  } else {
    Object.assign(seen, {
      width: held.readUInt16LE(6) & 0x3fff,
      height: held.readUInt16LE(8) & 0x3fff,
    })
  }
}
