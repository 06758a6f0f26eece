import { listVersions } from '../chat/edits.ts'
import { listPinned } from '../chat/pinned.ts'
import { invalid, notFound, Refusal, signIn } from '../chat/refusal.ts'
import { listSaved, readSavedPlace } from '../chat/saved.ts'
import { readThread } from '../chat/threads.ts'
import { represent } from '../http/representation.ts'
import { daysFragment } from '../pages/days.tsx'
import { pinnedFragment, pinnedJson } from '../pages/pinned.tsx'
import { savedFragment, savedJson, savedText } from '../pages/saved.tsx'
import { messagesText } from '../pages/text.ts'
import { versionsFragment, versionsJson, versionsText } from '../pages/versions.tsx'
import { enterToAct, idIn } from './acts.ts'
import { type Answer, cursorAt, enterRoom, visitOf } from './context.ts'
import { isHtml, pageJson, wholeRoom } from './room.ts'

/** `GET /r/{room}/messages/{n}/edits`: what a message said before, for its author and the moderators. */
export const showEdits: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  const found = await listVersions(c.var.sql, { room, standing, personId: person.id }, idIn(c, 'n'))
  if (found instanceof Refusal) return found
  return represent(c, {
    json: () => versionsJson(found.versions),
    fragment: () => versionsFragment(room, found),
    text: () => versionsText(found.versions),
  })
}

/** `GET /r/{room}/messages/{n}/thread`: the message that the thread began with and what answers it; `from` is a number. */
export const showThread: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, standing } = entry
  const from = Number(c.req.query('from') ?? 0)
  if (!Number.isSafeInteger(from) || from < 0) return invalid({ from: 'from is a number.' })
  const found = await readThread(c.var.sql, room, idIn(c, 'n'), { floor: standing.floor, from })
  if (!found) return notFound('message')
  const { root, page } = found
  const begins = from > 0 ? page.messages[0]?.n : undefined
  const fragment = isHtml(c) ? await wholeRoom(c, { ...entry, page, thread: root, begins }) : ''
  const live = cursorAt(c, room, room.lastSeq)
  return represent(c, {
    json: () => ({ thread: root, ...pageJson(room, page, live) }),
    fragment: () => fragment,
    text: () => messagesText(page.messages),
  })
}

/** `GET /r/{room}/pins`: what is pinned, the last one first. */
export const showPins: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room, standing, person } = entry
  const messages = await listPinned(c.var.sql, room, standing.floor)
  return represent(c, {
    json: () => pinnedJson(room, messages),
    fragment: () => pinnedFragment({ room, standing, person, messages }),
    text: () => messagesText(messages),
  })
}

/** `GET /r/{room}/days`: where one chooses a day to go to, by `GET /r/{room}?date=`. */
export const showDays: Answer = async (c) => {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { room } = entry
  const path = `/r/${room.slug}?date=2026-03-31`
  return represent(c, {
    json: () => ({ example: path }),
    fragment: () => daysFragment(room),
    text: () => `${path}\n`,
  })
}

/** `GET /saved`: what I have saved and may still read; `before` goes on. */
export const showSaved: Answer = async (c) => {
  const { person } = await visitOf(c)
  if (!person) return signIn()
  const typed = c.req.query('before')
  const before = typed === undefined ? null : readSavedPlace(typed)
  if (typed !== undefined && !before) return noPlace()
  const { saved, next } = await listSaved(c.var.sql, person.id, before)
  return represent(c, {
    json: () => savedJson(saved, next),
    fragment: () => savedFragment(saved, next, person.id),
    text: () => savedText(saved),
  })
}

const noPlace = () => invalid({ before: 'before is what the page before gave as next.' })
