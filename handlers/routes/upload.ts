import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { giveUp, keepPreview, mayUpload } from '../chat/files/uploads.ts'
import { readDraft } from '../chat/messages.ts'
import { invalid, Refusal } from '../chat/refusal.ts'
import { isStorable, unstorable } from '../chat/text.ts'
import type { Posted } from '../chat/writing/post.ts'
import type { Fields } from '../http/body.ts'
import { within } from '../http/faults.ts'
import { BrokenForm, boundaryOf, decoded, gathered, partsOf } from '../http/multipart.ts'
import { refuse } from '../http/refusals.ts'
import { formOf } from '../http/representation.ts'
import { readOn, timely } from '../http/slow-body.ts'
import { limits } from '../limits.ts'
import { kindOf } from '../media/type.ts'
import { type Acting, actorOf, enterToAct } from './acts.ts'
import type { Answer, Files } from './context.ts'
import { kept, nonceUnder, showPosted, typedIn } from './messages.ts'
import { wholeRoom } from './room.ts'
import { Upload } from './uploading.ts'

/** `POST /r/{room}/files`: a message with files. Answered once all of it is stored for good. */
export const postFiles: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  // Before a byte is taken. What changes meanwhile is seen where the message is stored.
  const left = await mayUpload(c.var.sql, actorOf(entry), c.var.files.bounds)
  if (left instanceof Refusal) return left
  const boundary = boundaryOf(c.req.header('content-type'))
  if (boundary instanceof Refusal) return boundary
  const tooFast = await c.var.pace(entry.person.id)
  if (tooFast) return tooFast
  const slot = c.var.files.slots(entry.person.id, c.var.placeOf(c))
  if (slot instanceof Refusal) return slot
  const upload = new Upload(c.var.sql, c.var.files, actorOf(entry), left)
  const fields: Fields = {}
  let posted: Posted | Refusal | undefined
  try {
    posted = await takeAndPost(c, entry, upload, fields, boundary)
  } finally {
    slot()
    if (!posted || posted instanceof Refusal || !posted.created) await giveUp(c.var.sql, upload.ids)
  }
  if (!(posted instanceof Refusal)) return showPosted(c, entry, posted)
  if (formOf(c) !== 'page' || ['not_allowed', 'not_found'].includes(posted.code)) return posted
  const typed = typedIn(fields, posted)
  const fragment = await wholeRoom(c, { ...entry, typed, ...kept(fields) })
  return refuse(c, posted, () => fragment)
}

async function takeAndPost(
  c: Context,
  { room, person, session }: Acting,
  upload: Upload,
  fields: Fields,
  boundary: string,
): Promise<Posted | Refusal> {
  const body = timely(c.req.raw.body)
  const refusal = await takeForm(body, boundary, upload, fields).catch(refusalOf)
  if (refusal) {
    await readOn(body)
    return refusal
  }
  const { arrived } = upload
  if (arrived.length === 0) return invalid({ file: 'Choose a file first.' })
  const draft = readDraft({ ...fields, nonce: fields.nonce ?? formNonce(fields, upload) }, true)
  if (draft instanceof Refusal) return draft
  await within(limits.previewsMs, makePreviews(c, upload))
  const files = arrived.map(({ id }) => id)
  const post = { kind: 'post', roomId: room.id, authorId: person.id, session } as const
  const deadline = performance.now() + limits.commitMs
  const stored = c.var.writing.write({ ...post, draft: { ...draft, files } }, deadline)
  return within(limits.commitMs, stored)
}

/** Reads the form to its end, unless something of it is refused. */
async function takeForm(
  body: AsyncGenerator<Uint8Array>,
  boundary: string,
  upload: Upload,
  fields: Fields,
): Promise<Refusal | null> {
  for await (const part of partsOf(body, boundary)) {
    const { field, filename, bytes } = part
    if (filename === undefined) {
      const text = decoded(await gathered(bytes, limits.bodyBytes))
      if (!isStorable(text)) return unstorable()
      fields[field] ??= text
    }
    // A browser sends a field in which nothing was chosen as a file without a name.
    else if (field === 'file' && filename !== '') {
      if (upload.arrived.length === limits.filesPerMessage) return tooMany()
      const refusal = await upload.take(part)
      if (refusal) return refusal
    }
  }
  return null
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof BrokenForm) return error.refusal
  throw error
}

const tooMany = () =>
  new Refusal(
    'too_large',
    `A message brings at most ${limits.filesPerMessage} files. Send the others after it.`,
  )

/** Smaller pictures of those that are larger than what is shown. Whatever goes wrong, the file is there. */
async function makePreviews(c: Context, { arrived }: Upload): Promise<void> {
  const { stores, previews }: Files = c.var.files
  const store = stores.of(stores.current)
  const large = arrived.filter(
    ({ type, width = 0, height = 0 }) =>
      kindOf(type) === 'image' &&
      (width > limits.previewWidth || height > limits.previewHeight) &&
      width * height <= limits.imagePixels,
  )
  await Promise.all(
    large.map(async ({ id, size }) => {
      const preview = await previews(() => store.read(id, 0, size))
      if (preview) await keepPreview(c.var.sql, id, preview)
    }),
  )
}

/** The nonce of a form that was sent without a script: what it says and brings, under the form's word. */
function formNonce({ once, body }: Fields, { arrived }: Upload): string | undefined {
  if (!once) return undefined
  const hash = createHash('sha256').update(body ?? '')
  for (const { sha256 } of arrived) hash.update(sha256)
  return nonceUnder(once, hash.digest('base64url'))
}
