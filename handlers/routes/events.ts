import type { Context } from 'hono'
import { isAdmitted } from '../chat/access.ts'
import { notAdmitted, Refusal } from '../chat/refusal.ts'
import { sessionOf } from '../http/identity.ts'
import { represent, wantsStream } from '../http/representation.ts'
import { epochOf } from '../live/cursor.ts'
import type { News } from '../live/heads.ts'
import { type Batch, nothing } from '../live/log.ts'
import { once } from '../live/once.ts'
import { tooManyWaits } from '../live/refusals.ts'
import type { Snapshot } from '../live/snapshot.ts'
import { newsFragment, newsJson, newsText } from '../pages/heads.tsx'
import { changesFragment, hintsFragment, pollerFragment, talkFragment } from '../pages/talk.tsx'
import { messagesText } from '../pages/text.ts'
import { type ChangesForm, changesJson, nextPath, postedIn, type Source } from './answers.ts'
import { resetJson } from './changes.ts'
import { type Answer, noRoom, visitOf } from './context.ts'
import { pollEvents, type Told } from './events-poll.ts'
import { eventsResponse } from './events-stream.ts'
import { type EventsReading, readEvents } from './query.ts'
import { isHtml, linkTo, newestPage } from './room.ts'
import { eventsSource, goesOn, type Viewer } from './viewer.ts'

/**
 * `GET /me/events`: one wait for all that a person sees: the open room's changes, and which of the
 * other rooms that they may enter have moved.
 */
export const showEvents: Answer = async (c) => {
  const isStream = wantsStream(c.req.header('accept'))
  const reading = readEvents(
    (name) => c.req.query(name),
    isStream ? c.req.header('last-event-id') : undefined,
  )
  if (reading instanceof Refusal) return reading
  const viewer = await enter(c, reading)
  if (viewer instanceof Refusal) return viewer
  if (isStream) return c.get('hub').isFull ? tooManyWaits() : eventsResponse(c, viewer, reading)
  if (!goesOn(viewer, reading)) return reset(c, viewer, null)
  const told = await pollEvents(c.var, viewer, reading, c.req.raw.signal)
  if (told instanceof Refusal) return told
  // A page that is far behind is better off with the newest messages than with all of them. What it
  // has missed of other rooms it is told next time.
  if (told.batch.more && isHtml(c)) return reset(c, viewer, reading.after?.since ?? null)
  return show(c, viewer, told)
}

/** One who is told of no room. */
const nobody = { person: null, policy: 'members', hints: false, room: null, floor: 0 } as const

async function enter(c: Context, { open }: EventsReading): Promise<Viewer | Refusal> {
  const { word } = c.get('server')()
  const seen = c.get('known').moves
  if (open === undefined) {
    const [visit, { origin }] = await Promise.all([visitOf(c), c.get('heads').now()])
    const { person, policy, hints, isBanned } = visit
    // Somebody banned is told of nothing, also of no room that they were in.
    if (isBanned) return { ...nobody, seen, epoch: epochOf(word, { origin }) }
    if (!isAdmitted(person?.kind ?? 'visitor', policy)) return notAdmitted(person, policy)
    return { person, policy, hints, room: null, floor: 0, seen, epoch: epochOf(word, { origin }) }
  }
  const session = sessionOf(c, c.get('secret')())
  const entry = await c.get('enter')({ session, slug: open })
  const { person, policy, hints, room, standing } = entry
  if (!room) return noRoom(entry)
  return { person, policy, hints, room, floor: standing.floor, seen, epoch: epochOf(word, room) }
}

function show(c: Context, viewer: Viewer, { batch, news, since }: Told): Response {
  const source = eventsSource(viewer, since)
  const link = linkTo(nextPath(source, batch))
  const text = (form: ChangesForm) => () => toldText(source, batch, news, form)
  const views = { json: text('json'), fragment: text('fragment'), text: text('text') }
  return represent(c, views, { headers: { link } })
}

/** Made once for all who are told the same. */
function toldText(source: Source, batch: Batch, news: News, form: ChangesForm): string {
  const make = () => texts[form](source, batch, news)
  const { heads, reads } = news
  if (reads.length > 0) return make()
  const ids = heads.map(({ slug, last, mentions }) => `${slug} ${last} ${mentions}`).join()
  const key = `${form}${source.key} ${batch.next} ${ids}`
  return once(batch.events.length > 0 ? batch : heads, key, make)
}

const texts: Record<ChangesForm, (source: Source, batch: Batch, news: News) => string> = {
  json: (source, batch, news) => {
    const changes = changesJson(source, batch)
    return JSON.stringify({ ...changes, events: [...changes.events, ...newsJson(news)] })
  },
  fragment: (source, batch, news) =>
    changesFragment(source.slug, batch) +
    hintsFragment(batch.hints) +
    newsFragment(news) +
    pollerFragment(nextPath(source, batch)),
  text: (_, batch, news) => messagesText(postedIn(batch)) + newsText(news),
}

/**
 * For a reader who cannot go on from where they are: the newest page in place of what they have.
 * @param since what they know of other rooms; null for as much as there is.
 */
async function reset(c: Context, viewer: Viewer, since: Snapshot | null): Promise<Response> {
  const { room } = viewer
  const source = eventsSource(viewer, since ?? (await c.get('heads').now()).snapshot)
  const live = source.cursor(room?.lastSeq ?? 0)
  const path = source.path(live)
  const page = room && (await newestPage(c.get('sql'), room, viewer.floor))
  return represent(
    c,
    {
      json: () =>
        room && page
          ? resetJson(room, page, live)
          : { ...changesJson(source, nothing(0)), reset: true },
      fragment: () =>
        room && page ? talkFragment({ room, page, live, next: path }) : pollerFragment(path),
      text: () => messagesText(page?.messages ?? []),
    },
    {
      headers: {
        link: linkTo(path),
        ...(room ? { 'hx-retarget': '#talk', 'hx-reswap': 'outerHTML' } : {}),
      },
    },
  )
}
