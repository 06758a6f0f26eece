import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { aboveFloor, findMessage, readDraft } from '../chat/messages.ts'
import { readPage } from '../chat/pages.ts'
import { notFound, Refusal, signIn } from '../chat/refusal.ts'
import type { Post, Posted } from '../chat/writing/post.ts'
import { type Fields, readFields } from '../http/body.ts'
import { within } from '../http/faults.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther, wantsStream } from '../http/representation.ts'
import { limits } from '../limits.ts'
import { messageFragment, messageJson } from '../pages/message.tsx'
import type { RoomProps } from '../pages/room.tsx'
import { talkFragment } from '../pages/talk.tsx'
import { messagesText, messageText } from '../pages/text.ts'
import { showChanges } from './changes.ts'
import { type Answer, cursorAt, type Entered, enterRoom, enterToWrite } from './context.ts'
import { type Query, readReading } from './query.ts'
import { isHtml, nextLink, pageJson, wholeRoom } from './room.ts'
import { showStream } from './stream.ts'

/** `GET /r/{room}/messages`: a page, or what changed past a cursor, held until something does. */
export const readMessages: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  const who = { personId: person?.id ?? null, seen: entry.seen }
  const reader = { who, floor: standing.floor }
  const query: Query = (name) => c.req.query(name)
  if (wantsStream(c.req.header('accept'))) return showStream(c, room, reader, query)
  const reading = readReading(query)
  if (reading instanceof Refusal) return reading
  if (reading.of === 'changes') return showChanges(c, room, reader, reading)
  const page = await readPage(c.get('sql'), room, reading.stretch, reading.limit, standing.floor)
  const live = cursorAt(c, room, room.lastSeq)
  return represent(
    c,
    {
      json: () => pageJson(room, page, live),
      fragment: () => talkFragment({ room, page, live }),
      text: () => messagesText(page.messages),
    },
    { headers: { link: nextLink(room, live) } },
  )
}

/** `GET /r/{room}/messages/{n}`: one message; in a browser the room opened around it. */
export const showMessage: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, standing } = entry
  const n = c.req.param('n') ?? ''
  const { floor } = standing
  const message = /^\d{1,15}$/.test(n)
    ? await findMessage(c.get('sql'), room, Number(n), floor)
    : null
  if (!message) return notFound('message')
  const at = message.n
  const fragment = isHtml(c) ? await roomAround(c, entry, at) : ''
  return represent(c, {
    json: () => messageJson(room.slug, message),
    fragment: () => fragment,
    text: () => messageText(message),
  })
}

/** The room around one of its messages. */
export async function roomAround(
  c: Context,
  entry: Entered,
  at: number,
  editing?: RoomProps['editing'],
) {
  const stretch = { from: 'around', n: at } as const
  const most = limits.pageMessagesDefault
  const page = await readPage(c.get('sql'), entry.room, stretch, most, entry.standing.floor)
  return wholeRoom(c, {
    ...entry,
    page,
    at,
    reported: c.req.query('reported') !== undefined,
    ...(editing ? { editing } : {}),
  })
}

/** `POST /r/{room}/messages`: says something. Answered once it is stored for good. */
export const postMessage: Answer = async (c) => {
  const deadline = performance.now() + limits.commitMs
  // A page that refuses shows the room, and as it is now.
  const entering = formOf(c) === 'page' ? enterRoom(c) : enterToWrite(c)
  const entry = entering instanceof Promise ? await within(limits.commitMs, entering) : entering
  if (entry instanceof Refusal) return entry
  const { room, person, session } = entry
  if (!person || !session) return signIn()
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const draft = readDraft({ ...fields, nonce: fields.nonce ?? formNonce(fields) })
  const post = { kind: 'post', roomId: room.id, authorId: person.id, session } as const
  const posted = draft instanceof Refusal ? draft : await store(c, { ...post, draft }, deadline)
  if (posted instanceof Refusal) {
    // An archived room has no place to write, and so none for what was written; and whoever lost the
    // room before the body came is shown nothing of it.
    const { code } = posted
    if (formOf(c) !== 'page' || code === 'not_allowed' || code === 'not_found') return posted
    const typed = typedIn(fields, posted)
    const fragment = await wholeRoom(c, { ...entry, typed, ...kept(fields) })
    return refuse(c, posted, () => fragment)
  }
  // Whoever answers has read what stands above.
  c.get('reads').note(person.id, room.id, posted.message.n)
  return showPosted(c, entry, posted)
}

/** What was typed and refused, to stand in the form again. */
export const typedIn = ({ body = '', reply_to }: Fields, refusal: Refusal) => ({
  body,
  refusal,
  // What it answered is a number, or the form's own business.
  replyTo: /^\d{1,16}$/.test(reply_to ?? '') ? reply_to : undefined,
})

/** The form's word, if it had one. */
export const kept = ({ once }: Fields) => (once ? { once } : {})

async function store(c: Context, post: Post, deadline: number): Promise<Posted | Refusal> {
  const tooFast = await c.get('pace')(post.authorId)
  if (tooFast) return tooFast
  return within(deadline - performance.now(), c.get('writing').write(post, deadline))
}

/** The answer to a message that was posted. */
export function showPosted(
  c: Context,
  { room, standing }: Pick<Entered, 'room' | 'standing'>,
  { message: stored, created }: Posted,
): Response {
  const message = aboveFloor(stored, standing.floor)
  if (formOf(c) === 'page') return seeOther(`/r/${room.slug}`)
  return represent(
    c,
    {
      json: () => messageJson(room.slug, message),
      fragment: () => messageFragment({ slug: room.slug, message }),
      text: () => messageText(message),
    },
    {
      status: created ? 201 : 200,
      headers: { location: `/r/${room.slug}/messages/${message.n}` },
    },
  )
}

/**
 * The nonce of a form that was sent without a script. The form's own word alone would not do:
 * after Back the browser shows the old form, and a new text in it is a new message.
 */
function formNonce(fields: Fields): string | undefined {
  if (!fields.once) return undefined
  const text = createHash('sha256')
    .update(fields.body ?? '')
    .digest('base64url')
  return nonceUnder(fields.once, text)
}

/** A nonce of a form's word and a hash of what was in it. */
export const nonceUnder = (once: string, hash: string): string =>
  `${once.slice(0, limits.nonceChars - hash.length - 1)}.${hash}`.toWellFormed()
