/** Pictures: what they tell of who took them goes, what they show stays. */
import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import * as assert from 'uvu/assert'
import { limits } from '../../handlers/limits.ts'
import type { Seen } from '../../handlers/media/seen.ts'
import { stripped } from '../../handlers/media/strip.ts'
import { suite } from '../suite.ts'
import { ask, join, jsonOf, type ProblemJson, type Someone } from './ask.ts'
import { startInstances } from './scene.ts'
import { bytesOf, type SentJson, send, sent } from './sending.ts'

const test = suite('pictures', 60)
const { instance } = startInstances(test, ['instance'])

let ann: Someone

test.before(async () => {
  ann = await join(instance.app, 'ann')
})

const get = (path: string) => ask(instance.app, path, { by: ann })
const sendOne = (name: string, bytes: Uint8Array) =>
  sent(instance.app, ann, 'lobby', [{ name, bytes }])
/** A message as a page shows it. */
async function fragmentOf({ n }: SentJson): Promise<string> {
  const asked = { by: ann, form: 'fragment' } as const
  const html = await (await ask(instance.app, `/r/lobby/messages/${n}`, asked)).text()
  return html.slice(html.indexOf(`<li id="m${n}"`), html.indexOf('</ol>'))
}

/** A picture in which no two places are alike. */
const noise = (width: number, height: number) =>
  sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })

const told = {
  IFD0: { Copyright: 'Ann Archer', Artist: 'Ann Archer' },
  IFD3: { GPSLatitude: '48/1 12/1 30/1', GPSLatitudeRef: 'N' },
}
const pixels = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer()

const kinds = {
  'a JPEG': () => noise(60, 40).withExif(told).jpeg({ quality: 90 }),
  'a progressive JPEG': () => noise(60, 40).withExif(told).jpeg({ progressive: true }),
  'a JPEG with restart marks and colours of its own': () =>
    noise(60, 40).withExif(told).withIccProfile('p3').jpeg({ mozjpeg: true }),
  'a PNG': () => noise(60, 40).withExif(told).png(),
  'a WebP': () => noise(60, 40).withExif(told).webp({ quality: 80 }),
  'a lossless WebP': () => noise(60, 40).withExif(told).webp({ lossless: true }),
}

for (const [what, make] of Object.entries(kinds)) {
  test(`${what} is kept without its metadata, and shows the very same`, async () => {
    const bytes = await make().toBuffer()
    assert.ok((await sharp(bytes).metadata()).exif, 'there is something to take away')
    const message = await sendOne('picture', bytes)
    const [file] = message.files
    assert.equal([file?.width, file?.height], [60, 40])
    const served = await bytesOf(get(file?.url ?? ''))
    assert.not.ok((await sharp(served).metadata()).exif)
    assert.not.ok(served.includes('Ann Archer'))
    assert.not.ok(served.includes('Exif'))
    assert.ok((await pixels(served)).equals(await pixels(bytes)))
    assert.equal(file?.size, served.length)
    const profiles = await Promise.all(
      [served, bytes].map(async (one) => (await sharp(one).metadata()).icc),
    )
    assert.equal(profiles[0], profiles[1], 'its colours are the same')
  })
}

test('a picture that lies on its side is sized as it is looked at, and stays so', async () => {
  const bytes = await noise(1200, 300)
    .withMetadata({ orientation: 6 })
    .withExifMerge(told)
    .jpeg()
    .toBuffer()
  const message = await sendOne('side.jpg', bytes)
  const [file] = message.files
  assert.equal([file?.width, file?.height], [300, 1200])
  const served = await bytesOf(get(file?.url ?? ''))
  assert.not.ok(served.includes('Ann Archer'))
  assert.is((await sharp(served).metadata()).orientation, 6)
  const preview = await sharp(await bytesOf(get(file?.preview_url ?? ''))).metadata()
  assert.equal([preview.width, preview.height, preview.orientation], [160, 640, undefined])
  assert.match(
    await fragmentOf(message),
    /<img src="\/previews\/\w+" alt="side\.jpg" width="80" height="320"/,
  )
})

test('a picture is as large as browsers show it, whatever else it says of itself', async () => {
  const gif = async (frames: number) =>
    sharp(randomBytes(300 * 200 * frames * 3), {
      raw: { width: 300, height: 200 * frames, channels: 3, pageHeight: 200 },
    })
      .gif({ effort: 1 })
      .toBuffer()
  const small = await gif(3)
  small.writeUInt16LE(1, 6)
  small.writeUInt16LE(1, 8)
  const jpeg = await noise(300, 200).jpeg().toBuffer()
  // Another size of one dot, in front of the end.
  const frame = Buffer.from('ffc00011080001000103012200021101031101', 'hex')
  const twice = Buffer.concat([jpeg.subarray(0, -2), frame, jpeg.subarray(-2)])
  for (const bytes of [await gif(1), await gif(3), small, twice]) {
    async function* inBits() {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7)
    }
    const seen: Seen = {}
    const kept: Uint8Array[] = []
    const type = bytes === twice ? 'image/jpeg' : 'image/gif'
    for await (const piece of stripped(type, inBits(), seen)) kept.push(Buffer.from(piece))
    assert.equal(seen, { width: 300, height: 200 })
    if (type === 'image/gif') assert.ok(Buffer.concat(kept).equals(bytes))
  }
})

test('a large picture is shown by a smaller one, which is for the same people', async () => {
  const { app } = instance
  const made = await ask(app, '/rooms', { by: ann, json: { name: 'Album', visibility: 'closed' } })
  const room = (await jsonOf<{ room: { slug: string } }>(made)).room.slug
  const bytes = await noise(2000, 1000).jpeg().toBuffer()
  const message = await sent(app, ann, room, [{ name: 'large.jpg', bytes }])
  const path = message.files[0]?.preview_url ?? ''
  const answer = await get(path)
  assert.equal(
    [answer.headers.get('content-type'), answer.headers.get('content-security-policy')],
    ['image/webp', "sandbox; default-src 'none'"],
  )
  const { width, height, format } = await sharp(await bytesOf(answer)).metadata()
  assert.equal([format, width, height], ['webp', 800, 400])
  const ben = await join(app, 'ben')
  assert.is((await ask(app, path, { by: ben })).status, 404)
  assert.is((await ask(app, path)).status, 404)
  await ask(app, `/r/${room}/messages/${message.n}`, { by: ann, method: 'DELETE' })
  assert.is((await get(path)).status, 404)
})

test('a small picture is shown itself', async () => {
  const message = await sendOne('small.png', await noise(300, 200).png().toBuffer())
  assert.is(message.files[0]?.preview_url, undefined)
  const html = await fragmentOf(message)
  assert.match(
    html,
    /<a href="(\/files\/\w+\/small\.png)"><img src="\1" alt="small\.png" width="300" height="200"/,
  )
})

test('what moves goes on moving', async () => {
  const [width, height, frames] = [900, 20, 3]
  const raw = { width, height: height * frames, channels: 3, pageHeight: height } as const
  const bytes = await sharp(randomBytes(width * height * frames * 3), { raw })
    .gif()
    .toBuffer()
  assert.is((await sharp(bytes).metadata()).pages, frames)
  const [file] = (await sendOne('moves.gif', bytes)).files
  assert.equal([file?.width, file?.height, file?.preview_url], [width, height, undefined])
  assert.ok((await bytesOf(get(file?.url ?? ''))).equals(bytes))
  const webp = await sharp(bytes, { animated: true }).webp().toBuffer()
  const [moving] = (await sendOne('moves.webp', webp)).files
  assert.is(moving?.preview_url, undefined)
  assert.is((await sharp(await bytesOf(get(moving?.url ?? ''))).metadata()).pages, frames)
})

test('a picture of nothing but marks is none', async () => {
  const mebibyte = 1024 * 1024
  const chunk = Buffer.from([0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54, 0, 0, 0, 0])
  const marks: [string, Buffer][] = [
    ['fill.jpg', Buffer.alloc(8 * mebibyte, 0xff)],
    ['restart.jpg', Buffer.alloc(mebibyte, Buffer.from([0xff, 0xd0]))],
    ['empty.jpg', Buffer.alloc(mebibyte, Buffer.from([0xff, 0xe1, 0, 2]))],
    ['empty.png', Buffer.alloc(mebibyte, chunk)],
  ]
  for (const [name, bytes] of marks) {
    const begin = name.endsWith('png')
      ? (await noise(1, 1).png().toBuffer()).subarray(0, 33)
      : Buffer.from([0xff, 0xd8, 0xff])
    const whole = Buffer.concat([begin, bytes])
    const answer = await send(instance.app, ann, 'lobby', [{ name, bytes: whole }])
    assert.is(answer.status, 422, name)
  }
})

test('what hides behind the end of a picture is not kept', async () => {
  for (const format of ['jpeg', 'png', 'webp'] as const) {
    const picture = await noise(30, 30).toFormat(format).toBuffer()
    const both = Buffer.concat([picture, Buffer.from('PK\x03\x04 <script>alert(1)</script>')])
    const [file] = (await sendOne(`both.${format}`, both)).files
    const served = await bytesOf(get(file?.url ?? ''))
    assert.not.ok(served.includes('<script>'), format)
    assert.ok((await pixels(served)).equals(await pixels(picture)), format)
  }
})

/** The head of a PNG of some size, with nothing that could be its pixels. */
async function hollow(width: number, height: number): Promise<Buffer> {
  const png = await noise(1, 1).png().toBuffer()
  png.writeUInt32BE(width, 16)
  png.writeUInt32BE(height, 20)
  return png
}

test('a picture of too many dots is not shown, and costs nobody anything', async () => {
  const message = await sendOne('bomb.png', await hollow(60_000, 60_000))
  assert.is(message.files[0]?.preview_url, undefined)
  const html = await fragmentOf(message)
  assert.not.match(html, /<img/)
  assert.match(html, /<a class="file" href="[^"]+" download="bomb\.png">/)
})

test('a picture that no decoder can read costs its own preview, and no more', async () => {
  const message = await sendOne('broken.png', await hollow(2000, 2000))
  assert.is(message.files[0]?.preview_url, undefined)
  assert.ok(instance.lines.some((line) => line.startsWith('preview:')))
  const [file] = (await sendOne('fine.jpg', await noise(1000, 900).jpeg().toBuffer())).files
  assert.ok(file?.preview_url, 'the next one has its own')
})

test('what begins like a picture and is none is refused, and nothing of it is kept', async () => {
  const bytes = Buffer.concat([Buffer.of(0xff, 0xd8, 0xff, 0xe0), randomBytes(2000)])
  const answer = await send(instance.app, ann, 'lobby', [{ name: 'no.jpg', bytes }])
  const { code, detail } = await jsonOf<ProblemJson>(answer)
  assert.is(code, 'invalid')
  assert.match(detail, /“no\.jpg” begins like a picture/)
  const { rows } = await instance.sql.query(
    "select from files where name = 'no.jpg' and state <> 'arriving'",
  )
  assert.is(rows.length, 0)
})

test('a picture that ends too soon is kept as far as it goes', async () => {
  const whole = await noise(200, 200).jpeg().toBuffer()
  const [file] = (await sendOne('half.jpg', whole.subarray(0, whole.length / 2))).files
  assert.equal([file?.width, file?.height], [200, 200])
})

test('many at once wait for their turn, and over that they go without', async () => {
  const bytes = await noise(1000, 700).webp().toBuffer()
  const files = Array.from({ length: limits.filesPerMessage }, (_, i) => ({
    name: `${i}.webp`,
    bytes,
  }))
  const message = await sent(instance.app, ann, 'lobby', files)
  assert.is(message.files.length, limits.filesPerMessage)
  assert.ok(message.files.some(({ preview_url }) => preview_url))
})

test.run()
