import type { Context } from 'hono'
import { readEmoji } from '../chat/emoji.ts'
import { aboveFloor } from '../chat/messages.ts'
import { Refusal } from '../chat/refusal.ts'
import { save } from '../chat/saved.ts'
import { messageBody } from '../chat/text.ts'
import type { Acted } from '../chat/writing/message-act.ts'
import { readFields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf } from '../http/representation.ts'
import { messageFragment, messageJson } from '../pages/message.tsx'
import { messageText } from '../pages/text.ts'
import { type Acting, acted, actorOf, commit, enterToAct, idIn } from './acts.ts'
import { type Answer, enterRoom } from './context.ts'
import { roomAround } from './messages.ts'

/** `PATCH /r/{room}/messages/{n}`: `body` in other words, or `deleted=false` to bring it back. */
export const changeMessage: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  if (fields.deleted === 'false') return restore(c, entry)
  const version = readVersion(c.req.header('if-match') ?? fields.version)
  if (version instanceof Refusal) return version
  const body = messageBody(fields.body)
  const act = { kind: 'edit', ...actorOf(entry), n: idIn(c, 'n'), version } as const
  const edited = body instanceof Refusal ? body : await commit(c, { ...act, body })
  if (!(edited instanceof Refusal)) return shown(c, entry, edited)
  return refuseEdit(c, edited, fields.body ?? '')
}

/** What was typed stands in the form again, with the message as it is now. */
async function refuseEdit(c: Context, refusal: Refusal, body: string): Promise<Response | Refusal> {
  if (formOf(c) !== 'page' || refusal.status === 404 || refusal.status === 403) return refusal
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const fragment = await roomAround(c, entry, idIn(c, 'n'), { body, refusal })
  return refuse(c, refusal, () => fragment)
}

async function restore(c: Context, entry: Acting): Promise<Response | Refusal> {
  const restored = await commit(c, { kind: 'restoration', ...actorOf(entry), n: idIn(c, 'n') })
  return restored instanceof Refusal ? restored : shown(c, entry, restored)
}

/** `DELETE /r/{room}/messages/{n}`: deletes one's own message, or as a moderator anybody's. */
export const deleteMessage: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const version = readVersion(c.req.header('if-match') ?? fields.version)
  if (version instanceof Refusal) return version
  const change = { kind: 'deletion', ...actorOf(entry), n: idIn(c, 'n'), version } as const
  const deleted = await commit(c, change)
  return deleted instanceof Refusal ? deleted : shown(c, entry, deleted)
}

/** The version that a change is of: `If-Match: "3"`, or a form's `version`; null where none is named. */
function readVersion(text: string | undefined): number | null | Refusal {
  if (!text || text === '*') return null
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(text)
  return match ? Number(match[1]) : new Refusal('malformed', 'If-Match holds no version.')
}

/** `PUT /r/{room}/messages/{n}/reactions/{emoji}`. */
export const react: Answer = (c) => setReaction(c, true)

/** `DELETE /r/{room}/messages/{n}/reactions/{emoji}`: takes it back. */
export const unreact: Answer = (c) => setReaction(c, false)

/** `POST /r/{room}/messages/{n}/reactions`: `emoji` is given, or taken back where it is mine already. */
export const toggleReaction: Answer = (c) => setReaction(c, null)

async function setReaction(c: Context, isGiven: boolean | null): Promise<Response | Refusal> {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const fields = isGiven === null ? await readFields(c) : { emoji: c.req.param('emoji') }
  if (fields instanceof Refusal) return fields
  const emoji = readEmoji(fields.emoji)
  if (emoji instanceof Refusal) return emoji
  const act = { kind: 'reaction', ...actorOf(entry), n: idIn(c, 'n'), emoji, isGiven } as const
  const reacted = await commit(c, act)
  return reacted instanceof Refusal ? reacted : shown(c, entry, reacted)
}

/** `PUT /r/{room}/messages/{n}/pin`. */
export const pin: Answer = (c) => setPin(c, true)

/** `DELETE /r/{room}/messages/{n}/pin`. */
export const unpin: Answer = (c) => setPin(c, false)

async function setPin(c: Context, isPinned: boolean): Promise<Response | Refusal> {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const act = { kind: 'pin', ...actorOf(entry), n: idIn(c, 'n'), isPinned } as const
  const pinned = await commit(c, act)
  return pinned instanceof Refusal ? pinned : shown(c, entry, pinned)
}

/** `PUT /r/{room}/messages/{n}/saved`: keeps it for me, which nobody else is told. */
export const saveMessage: Answer = (c) => setSaved(c, true)

/** `DELETE /r/{room}/messages/{n}/saved`. */
export const unsaveMessage: Answer = (c) => setSaved(c, false)

async function setSaved(c: Context, isKept: boolean): Promise<Response | Refusal> {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  const who = { room, personId: person.id, floor: standing.floor }
  const message = await save(c.var.sql, who, idIn(c, 'n'), isKept)
  return message instanceof Refusal ? message : shown(c, entry, { message })
}

/** The message as it is now; a browser without a script goes on to where it is to be seen. */
function shown(c: Context, { room: { slug }, standing }: Acting, done: Acted): Response {
  const message = aboveFloor(done.message, standing.floor)
  return acted(c, `/r/${slug}/messages/${message.n}`, {
    json: () => messageJson(slug, message),
    fragment: () => messageFragment({ slug, message }),
    text: () => messageText(message),
  })
}
