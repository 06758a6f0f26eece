import { type Message, quoted } from '../chat/messages.ts'
import type { Page } from '../chat/pages.ts'
import type { Room } from '../chat/rooms.ts'
import type { Subject } from '../chat/subject.ts'
import { limits } from '../limits.ts'
import type { Hint } from '../live/hints.ts'
import type { Batch, LogEvent } from '../live/log.ts'
import { MessageItem, messageJson, QuoteText } from './message.tsx'
import { personJson } from './person.tsx'
import { render } from './render.ts'
import { RoomTitle } from './title.tsx'

type TalkProps = {
  room: Room
  page: Page
  live: string
  /** Where to wait for what comes next; the room's own messages where nothing else is said. */
  next?: string
  /** The message that a thread began with, where that alone is shown. */
  thread?: number | undefined
}

/**
 * A page of talk. A page that reaches the present goes on by itself: its poller asks for what
 * comes after the cursor `live`, and is replaced by the answer's own poller.
 */
export const Talk = ({ room, page, live, next, thread }: TalkProps) => (
  <div id="talk" class="talk" data-live={changesPath(room.slug, live)}>
    <Earlier room={room} prev={page.prev} thread={thread} />
    <div role="log" aria-label="Messages">
      <ol id="messages" class="messages" data-thread={thread}>
        {page.messages.map((message) => (
          <MessageItem slug={room.slug} message={message} />
        ))}
      </ol>
    </div>
    <div id="onward">
      {page.next === null ? (
        <Poller next={next ?? changesPath(room.slug, live)} />
      ) : (
        <Later slug={room.slug} next={page.next} thread={thread} />
      )}
    </div>
  </div>
)

export const talkFragment = (props: TalkProps): string => render(<Talk {...props} />)

/** What brings a further page when it comes into sight, or is touched; without a script it leads there. */
const further = (path: string, swap: 'afterbegin' | 'beforeend', link: string) => ({
  'hx-get': path,
  'hx-target': '#messages',
  'hx-swap': swap,
  'hx-select': '#messages > li',
  'hx-select-oob': link,
  'hx-trigger': 'click, intersect once, natter:again',
  'hx-sync': 'this:drop',
})

type EarlierProps = { room: Room; prev: number | null; thread: number | undefined }

const Earlier = ({ room, prev, thread }: EarlierProps) => (
  <p id="earlier" class="further">
    {prev === null && thread === undefined ? <NotKept room={room} /> : ''}
    {prev === null ? (
      ''
    ) : (
      <>
        <a
          href={`/r/${room.slug}?before=${prev}`}
          {...further(`/r/${room.slug}/messages?before=${prev}`, 'afterbegin', '#earlier')}
        >
          Earlier messages
        </a>
        <a href={`/r/${room.slug}/days`}>Go to a day</a>
      </>
    )}
  </p>
)

/** What stands above the oldest message of a room that had older ones. */
export const NotKept = ({ room }: { room: Room }) => (
  <>{hasForgotten(room) ? <span class="hint">Older messages are not kept.</span> : ''}</>
)

/** What stands in a room without messages. */
export const Empty = ({ room }: { room: Room }) => (
  <p class="empty">
    {hasForgotten(room) ? 'Nothing has been said here lately.' : 'Nothing has been said here yet.'}{' '}
    Say hello.
  </p>
)

/** Whether anything that happened in a room was too old to be kept. */
const hasForgotten = ({ firstSeq }: Room): boolean => firstSeq > 0

type LaterProps = { slug: string; next: number; thread: number | undefined }

function Later({ slug, next, thread }: LaterProps) {
  const path = thread === undefined ? `/r/${slug}` : threadPath(slug, thread)
  const more = further(`/r/${slug}/messages?from=${next}`, 'beforeend', '#onward')
  return (
    <p class="further">
      <a href={`${path}?from=${next}`} {...(thread === undefined ? more : {})}>
        Later messages
      </a>
      <a href={path}>To the present</a>
    </p>
  )
}

/** Where a message and all that answers it is. */
export const threadPath = (slug: string, n: number): string => `/r/${slug}/messages/${n}/thread`

/** Asks for what comes next as soon as it is on the page, unless public/natter/live.js takes its place. */
const Poller = ({ next }: { next: string }) => (
  <div
    id="poller"
    hx-get={`${next}&wait=${limits.waitSeconds}`}
    hx-trigger="load, natter:again"
    hx-swap="outerHTML"
    hx-sync="this:drop"
    hx-config={`timeout:${limits.clientTimeoutMs}`}
    {...{ 'hx-status:4xx': 'swap:none' }}
  />
)

/** Where a room's changes past a cursor are. */
export const changesPath = (slug: string, cursor: string): string =>
  `/r/${slug}/messages?after=${cursor}`

/** The poller that takes the place of the one that asked. */
export const pollerFragment = (next: string): string => render(<Poller next={next} />)

/**
 * What changed. New messages find their place by their id, read as a number; a message that
 * changed is replaced where it is, and inserted nowhere. One render for all who get the batch.
 */
export function changesFragment(slug: string, batch: Batch): string {
  const posted = latest(batch.events, (event) => event.type === 'message.posted')
  const changed = latest(batch.events, (event) => event.type !== 'message.posted')
  const requoted = latest(batch.events, ({ type }) => saysOtherwise.has(type))
  const room = batch.events.findLast(({ subject }) => subject?.of === 'room')?.subject
  return [
    room?.of === 'room' ? render(<Retitled slug={slug} room={room} />) : '',
    posted.length > 0 ? render(<Posted slug={slug} events={posted} />) : '',
    ...changed.map((event) => render(<Changed slug={slug} event={event} />)),
    ...requoted.map(({ message }) => (message ? render(<Requoted message={message} />) : '')),
  ].join('')
}

/** What is in no log, for the page's script; it shows nothing by itself. */
export const hintsFragment = (hints: readonly Hint[] = []): string =>
  hints.map(({ text }) => render(<template class="hint" data-hint={text} />)).join('')

/** One event for each message: all of them carry it as it is now. */
function latest(events: readonly LogEvent[], which: (event: LogEvent) => boolean): LogEvent[] {
  const byMessage = new Map<number, LogEvent>()
  for (const event of events)
    if (event.message && which(event)) byMessage.set(event.message.n, event)
  return [...byMessage.values()]
}

const Posted = ({ slug, events }: { slug: string; events: LogEvent[] }) => (
  <hx-upsert hx-target="#messages" sort="">
    {events.map(({ message }) => (message ? <MessageItem slug={slug} message={message} /> : ''))}
  </hx-upsert>
)

const Changed = ({ slug, event }: { slug: string; event: LogEvent }) => (
  <hx-partial hx-target={`#m${event.message?.n}`} hx-swap="outerHTML">
    {event.message ? <MessageItem slug={slug} message={event.message} /> : ''}
  </hx-partial>
)

/** What says something else than before, so that those who answered it quote it otherwise. */
const saysOtherwise = new Set(['message.edited', 'message.deleted', 'message.restored'])

const Requoted = ({ message }: { message: Message }) => (
  <hx-partial hx-target={`.q${message.n}`} hx-swap="innerHTML">
    <QuoteText author={message.author.name} deleted={message.deleted} {...quoted(message)} />
  </hx-partial>
)

/** The room has another name or topic, or is archived: the same for all who look at it. */
const Retitled = ({ slug, room }: { slug: string; room: Extract<Subject, { of: 'room' }> }) => (
  <hx-partial hx-target="#room-title" hx-swap="outerHTML">
    <RoomTitle slug={slug} room={room} />
  </hx-partial>
)

/** An event for programs. */
export const eventJson = (slug: string, event: LogEvent) => ({
  seq: event.seq,
  type: event.type,
  by: String(event.by),
  at: event.at.toISOString(),
  ...(event.message ? { message: messageJson(slug, event.message) } : {}),
  ...(event.subject ? subjectJson(slug, event.subject) : {}),
})

const subjectJson = (slug: string, subject: Subject) => {
  if (subject.of === 'member') {
    return { member: { person: personJson(subject.person), role: subject.role } }
  }
  const { of: _, ...room } = subject
  return { room: { slug, ...room } }
}
