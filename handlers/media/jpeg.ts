import type { ByteReader } from '../bytes.ts'
import { DamagedImage, Parts, type Seen } from './seen.ts'

const END = 0xd9
const SCAN = 0xda
const EXIF = 'Exif\0\0'

/**
 * A JPEG without its metadata: all application segments go (Exif, XMP, Photoshop's, thumbnails,
 * further pictures) but colours and how the picture is turned; so do comments, and what stands
 * behind the end. What makes up the pixels is passed on as it is.
 * https://www.w3.org/Graphics/JPEG/itu-t81.pdf, annex B
 */
export async function* stripJpeg(reader: ByteReader, seen: Seen): AsyncGenerator<Buffer> {
  yield await need(reader, 2)
  const parts = new Parts()
  for (let turned = 1; ; ) {
    const marker = await markerOf(reader)
    if (marker === null) return
    if (marker === END) return yield Buffer.of(0xff, END)
    if (isAlone(marker)) {
      parts.note(0)
      yield Buffer.of(0xff, marker)
      continue
    }
    const length = await need(reader, 2)
    const bytes = length.readUInt16BE() - 2
    if (bytes < 0) throw new DamagedImage('A segment has no length.')
    parts.note(bytes)
    const segment = await need(reader, bytes)
    // Decoders go by the first one.
    if (isFrame(marker) && bytes >= 5 && seen.width === undefined) {
      const [height, width] = [segment.readUInt16BE(1), segment.readUInt16BE(3)]
      Object.assign(seen, turned > 4 ? { width: height, height: width } : { width, height })
    }
    if (isKept(marker, segment)) yield Buffer.concat([Buffer.of(0xff, marker), length, segment])
    else if (marker === 0xe1 && turned === 1) {
      turned = orientationOf(segment)
      if (turned !== 1) yield orientation(turned)
    }
    if (marker === SCAN) yield* scan(reader)
  }
}

async function need(reader: ByteReader, bytes: number): Promise<Buffer> {
  const read = await reader.read(bytes)
  if (!read) throw new DamagedImage('The picture ends too soon.')
  return read
}

/** The next marker; null at the end, where many a picture lacks its last one. */
async function markerOf(reader: ByteReader): Promise<number | null> {
  const first = await reader.read(1)
  if (!first) return null
  if (first[0] !== 0xff) throw new DamagedImage('A segment has no marker.')
  // It may stand after any number of fill bytes, which are gone through where they lie.
  for (;;) {
    if (!(await reader.fill(1))) throw new DamagedImage('The picture ends too soon.')
    const { held } = reader
    const at = held.findIndex((byte) => byte !== 0xff)
    reader.take(at === -1 ? held.length : at)
    if (at !== -1) return reader.take(1)[0] as number
  }
}

const isAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/** SOF0 to SOF15, without the three that are something else. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

function isKept(marker: number, segment: Buffer): boolean {
  if (marker === 0xfe) return false
  if (marker < 0xe0 || marker > 0xef) return true
  const starts = (text: string) =>
    segment.subarray(0, text.length).equals(Buffer.from(text, 'latin1'))
  if (marker === 0xe0) return starts('JFIF\0')
  if (marker === 0xe2) return starts('ICC_PROFILE\0')
  return marker === 0xee && starts('Adobe')
}

/** What is coded, up to the next marker: `ff 00` is a byte of it, and `ff d0` to `ff d7` are marks in it. */
async function* scan(reader: ByteReader): AsyncGenerator<Buffer> {
  for (;;) {
    if (!(await reader.fill(2))) return yield reader.take(reader.held.length)
    const { held } = reader
    let at = held.indexOf(0xff)
    while (at !== -1 && at + 1 < held.length && isWithin(held[at + 1] as number)) {
      at = held.indexOf(0xff, at + 2)
    }
    if (at === -1) yield reader.take(held.length)
    else if (at + 1 < held.length) return yield reader.take(at)
    else {
      // The byte behind it has not come yet.
      yield reader.take(at)
      if (!(await reader.fill(2))) return yield reader.take(1)
    }
  }
}

const isWithin = (next: number) => next === 0x00 || (next >= 0xd0 && next <= 0xd7)

/** How the picture is turned, 1 to 8: https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf, 4.6.4 A */
function orientationOf(segment: Buffer): number {
  if (segment.toString('latin1', 0, 6) !== EXIF || segment.length < 14) return 1
  const tiff = segment.subarray(6)
  const isLittle = tiff.toString('latin1', 0, 2) === 'II'
  const u16 = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const first = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (first + 2 > tiff.length) return 1
  for (let i = 0, at = first + 2; i < u16(first) && at + 12 <= tiff.length; i++, at += 12) {
    if (u16(at) !== 0x0112) continue
    const value = u16(at + 8)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** A segment that says this and nothing else. */
function orientation(value: number): Buffer {
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0]
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0]
  const data = Buffer.concat([Buffer.from(EXIF, 'latin1'), Buffer.from(tiff)])
  const head = Buffer.of(0xff, 0xe1, 0, data.length + 2)
  return Buffer.concat([head, data])
}
