import { fileTypeFromBuffer } from 'file-type'

/** Of a text in any form: what it is besides, such as HTML or SVG, nobody is to make of it. */
const TEXT = 'text/plain; charset=utf-8'
const BINARY = 'application/octet-stream'

/**
 * What a file is, told by how it begins, whatever its name says and its sender.
 * @param head its first bytes, `limits.sniffBytes` where there are so many.
 */
export async function typeOf(head: Uint8Array): Promise<string> {
  const known = await fileTypeFromBuffer(head).catch(() => undefined)
  if (known && !/xml|html|svg|script/i.test(known.mime)) return known.mime
  return isText(head) ? TEXT : BINARY
}

/** Whether a beginning is one of a text: UTF-8 without control characters, which may end within a letter. */
function isText(head: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return text !== '' && !/(?!\s)\p{Cc}/u.test(text)
  } catch {
    return false
  }
}

export type Kind = 'image' | 'audio' | 'video' | 'other'

/** What browsers show by themselves and what runs nothing. All else is only handed out. */
const shown: Record<string, Kind> = {
  'image/jpeg': 'image',
  'image/png': 'image',
  'image/apng': 'image',
  'image/gif': 'image',
  'image/webp': 'image',
  'audio/mpeg': 'audio',
  'audio/ogg': 'audio',
  'audio/opus': 'audio',
  'audio/wav': 'audio',
  'audio/flac': 'audio',
  'audio/aac': 'audio',
  'audio/mp4': 'audio',
  'audio/x-m4a': 'audio',
  'video/mp4': 'video',
  'video/webm': 'video',
  'video/ogg': 'video',
  'video/quicktime': 'video',
}

/** As what a file of this type stands in a message. */
export const kindOf = (type: string): Kind => shown[type.split(';')[0] ?? ''] ?? 'other'
