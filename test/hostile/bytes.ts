/** Requests whose bytes are no text. */

type Body = readonly [what: string, type: string, body: Uint8Array | string]

const bytes = (...list: number[]) => Uint8Array.from(list)
const form = 'application/x-www-form-urlencoded'

/** Each is to be refused as malformed. */
export const malformed: readonly Body[] = [
  ['a byte that begins nothing', 'text/plain', bytes(0x61, 0xff)],
  ['a byte that goes on with nothing', 'text/plain', bytes(0x80)],
  ['half a letter', 'text/plain', bytes(0x61, 0xc3)],
  ['half an emoji', 'text/plain', bytes(0xf0, 0x9f, 0x98)],
  ['an overlong slash', 'text/plain', bytes(0xc0, 0xaf)],
  ['an overlong tag', 'text/plain', bytes(0xe0, 0x80, 0xbc)],
  ['half a surrogate pair', 'text/plain', bytes(0xed, 0xa0, 0x80)],
  ['beyond the last character', 'text/plain', bytes(0xf4, 0x90, 0x80, 0x80)],
  ['five bytes for a letter', 'text/plain', bytes(0xf8, 0x88, 0x80, 0x80, 0x80)],
  ['UTF-16', 'text/plain', bytes(0xff, 0xfe, 0x3c, 0x00)],
  ['a NUL', 'text/plain', bytes(0x61, 0x00)],
  ['a byte that begins nothing, in a form', form, 'body=%ff'],
  ['half a letter, in a form', form, 'body=a%c3'],
  ['half a code, in a form', form, 'body=%e'],
  ['no code, in a form', form, 'body=%zz'],
  ['a NUL, in a form', form, 'body=a%00'],
  ['bare bytes, in a form', form, bytes(0x62, 0x6f, 0x64, 0x79, 0x3d, 0xff)],
  ['half a surrogate pair, in JSON', 'application/json', '{"body":"\\ud83d"}'],
  ['the other half, in JSON', 'application/json', '{"body":"\\ude00x"}'],
  ['a NUL, in JSON', 'application/json', '{"body":"\\u0000"}'],
  ['bare bytes, in JSON', 'application/json', bytes(0x7b, 0x22, 0xff, 0x22, 0x7d)],
  ['JSON that does not end', 'application/json', '{"body":"a'],
  ['JSON in JSON in JSON', 'application/json', '['.repeat(100_000)],
]
