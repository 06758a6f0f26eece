import type { Context } from 'hono'
import * as emoji from '../chat/custom-emoji.ts'
import { couldBeCustom } from '../chat/named-emoji.ts'
import type { Person } from '../chat/people.ts'
import { invalid, notFound, Refusal } from '../chat/refusal.ts'
import type { Fields } from '../http/body.ts'
import { within } from '../http/faults.ts'
import { BrokenForm, boundaryOf, decoded, gathered, partsOf } from '../http/multipart.ts'
import { namesTag } from '../http/range.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { readOn, timely } from '../http/slow-body.ts'
import { limits } from '../limits.ts'
import { DamagedImage, type Seen } from '../media/seen.ts'
import { stripped } from '../media/strip.ts'
import { kindOf, typeOf } from '../media/type.ts'
import { emojiFragment, emojiJson, emojiText } from '../pages/custom-emoji.tsx'
import { memberAsker } from './browser.ts'
import { type Answer, visitorOf } from './context.ts'

/** `GET /emoji`: the emoji of this server's own. */
export const showEmoji: Answer = async (c) => {
  const person = await visitorOf(c)
  if (person instanceof Refusal) return person
  const list = await emoji.shareCustomEmoji(c.get('sql'))
  return represent(c, {
    json: () => emojiJson(list),
    fragment: () => emojiFragment({ emoji: list, person }),
    text: () => emojiText(list),
  })
}

/** `GET /emoji/{name}`: the picture of one. */
export const showEmojiPicture: Answer = async (c) => {
  const person = await visitorOf(c)
  if (person instanceof Refusal) return person
  const name = nameIn(c)
  const picture = name && (await emoji.findCustomEmoji(c.var.sql, name))
  if (!picture) return notFound('emoji')
  const tag = `"${picture.version}"`
  const headers = {
    'content-type': picture.type,
    // The list names each picture by its version.
    'cache-control': 'private, max-age=86400',
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    etag: tag,
    vary: 'Cookie, Authorization',
  }
  if (namesTag(c.req.header('if-none-match'), tag))
    return new Response(null, { status: 304, headers })
  return new Response(new Uint8Array(picture.bytes), {
    headers: { ...headers, 'content-length': String(picture.bytes.length) },
  })
}

/** `POST /emoji`: another one, of a form with a `name` and a `picture`. */
export const addEmoji: Answer = async (c) => {
  const asker = await memberAsker(c)
  if (asker instanceof Refusal) return asker
  const tooFast = await c.var.pace(asker.person.id)
  if (tooFast) return tooFast
  const boundary = boundaryOf(c.req.header('content-type'))
  if (boundary instanceof Refusal) return boundary
  const slot = c.var.files.slots(asker.person.id, c.var.placeOf(c))
  if (slot instanceof Refusal) return slot
  const typed: Fields = {}
  const added = await readAndAdd(c, asker.person, { boundary, typed }).finally(slot)
  if (added && formOf(c) !== 'page') return added
  const list = await emoji.listCustomEmoji(c.var.sql)
  if (added) {
    const refused = { refusal: added, name: typed.name ?? '' }
    return refuse(c, added, () => emojiFragment({ emoji: list, person: asker.person, refused }))
  }
  if (formOf(c) === 'page') return seeOther('/emoji')
  return represent(
    c,
    {
      json: () => emojiJson(list),
      fragment: () => emojiFragment({ emoji: list, person: asker.person }),
      text: () => emojiText(list),
    },
    { status: 201 },
  )
}

/** `DELETE /emoji/{name}`: removes one. */
export const removeEmoji: Answer = async (c) => {
  const asker = await memberAsker(c)
  if (asker instanceof Refusal) return asker
  const name = nameIn(c)
  if (!name) return notFound('emoji')
  const refusal = await emoji.removeCustomEmoji(c.var.sql, asker.person, name)
  if (refusal) return refusal
  return formOf(c) === 'page' ? seeOther('/emoji') : showEmoji(c)
}

/** The name of the address; empty where it can be none. */
function nameIn(c: Context): string {
  const name = c.req.param('name') ?? ''
  return couldBeCustom(name) ? name : ''
}

async function readAndAdd(
  c: Context,
  person: Person,
  form: { boundary: string; typed: Fields },
): Promise<Refusal | null> {
  const body = timely(c.req.raw.body)
  const sent = await takeForm(body, form).catch(refusalOf)
  if (sent instanceof Refusal) {
    await readOn(body)
    return sent
  }
  const name = emoji.readEmojiName(form.typed.name)
  if (name instanceof Refusal) return name
  const mayNot = await emoji.mayAddEmoji(c.var.sql, person, name)
  if (mayNot) return mayNot
  const picture = await within(limits.previewsMs, pictureOf(c, sent))
  if (picture instanceof Refusal) return picture
  return emoji.addCustomEmoji(c.var.sql, person, name, picture)
}

/** @returns the picture as it was sent; empty where there was none. */
async function takeForm(
  body: AsyncIterable<Uint8Array>,
  { boundary, typed }: { boundary: string; typed: Fields },
): Promise<Buffer> {
  let picture: Buffer = Buffer.alloc(0)
  for await (const { field, filename, bytes } of partsOf(body, boundary)) {
    if (field === 'picture') picture = await gathered(bytes, limits.emojiSentBytes, 'A picture')
    else if (field === 'name' && filename === undefined)
      typed.name ??= decoded(await gathered(bytes, limits.emojiNameBytes))
  }
  return picture
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof BrokenForm) return error.refusal
  throw error
}

/** A picture as it is kept: without what it tells of who took it, and small. */
async function pictureOf(c: Context, sent: Buffer): Promise<emoji.Picture | Refusal> {
  if (sent.length === 0) return invalid({ picture: 'Choose a picture first.' })
  const type = await typeOf(sent.subarray(0, limits.sniffBytes))
  if (kindOf(type) !== 'image') {
    return invalid({ picture: 'The picture is a PNG, GIF, WebP or JPEG.' })
  }
  const seen: Seen = {}
  const bytes = await strippedOf(type, sent, seen)
  if (!bytes) return invalid({ picture: 'This picture is damaged. Choose another one.' })
  const { emojiDots: dots, emojiDotsMoving: most } = limits
  const { width = Number.POSITIVE_INFINITY, height = Number.POSITIVE_INFINITY } = seen
  const size = { width: dots, height: dots }
  const smaller =
    width > dots || height > dots ? await c.var.files.previews(() => only(bytes), size) : null
  if (smaller) return { bytes: smaller, type: 'image/webp' }
  // What moves stays as it is; what is of too many dots would be a burden for all who see it.
  if (width <= most && height <= most && bytes.length <= limits.emojiBytes) return { bytes, type }
  const says = `Choose a smaller picture: of ${dots} dots either way, and ${limits.emojiBytes / 1024} KiB.`
  return invalid({ picture: says })
}

async function strippedOf(type: string, sent: Buffer, seen: Seen): Promise<Buffer | null> {
  try {
    const pieces: Uint8Array[] = []
    for await (const piece of stripped(type, only(sent), seen)) pieces.push(piece)
    return Buffer.concat(pieces)
  } catch (error) {
    if (error instanceof DamagedImage) return null
    throw error
  }
}

async function* only(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}
