import { ByteReader } from '../bytes.ts'
import { sizedGif } from './gif.ts'
import { stripJpeg } from './jpeg.ts'
import { stripPng } from './png.ts'
import type { Seen, Stripping } from './seen.ts'
import { stripWebp } from './webp.ts'

/**
 * A file as it is kept: of pictures without what they tell of who took them, when and where. Nothing
 * is decoded and no pixel is another one, so that this needs no library and no memory.
 *
 * @param seen is told the size of a picture, once all has been read.
 * @throws {DamagedImage} for a picture that is not what it begins as.
 */
export async function* stripped(
  type: string,
  bytes: AsyncIterable<Uint8Array>,
  seen: Seen,
): AsyncGenerator<Uint8Array> {
  const strip = strippings[type]
  if (!strip) return yield* bytes
  const reader = new ByteReader(bytes)
  yield* strip(reader, seen)
  for await (const _ of reader.rest());
}

const strippings: Record<string, Stripping> = {
  'image/jpeg': stripJpeg,
  'image/png': stripPng,
  'image/apng': stripPng,
  'image/webp': stripWebp,
  'image/gif': sizedGif,
}
