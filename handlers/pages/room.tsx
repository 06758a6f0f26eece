import type { Standing } from '../chat/access.ts'
import type { Page } from '../chat/pages.ts'
import type { Person, Profile } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import type { ListedRoom, Room } from '../chat/rooms.ts'
import { limits } from '../limits.ts'
import { Alert } from './alert.tsx'
import { AttachButton } from './files.tsx'
import { Me, ProfileForm } from './me.tsx'
import { MessageActs } from './message-acts.tsx'
import { Icon, Title } from './raw.tsx'
import { render } from './render.ts'
import { RoomList, SearchLink } from './rooms.tsx'
import { Empty, Talk } from './talk.tsx'
import { RoomTitle } from './title.tsx'

export type RoomProps = {
  room: Room
  rooms: ListedRoom[]
  /** Where these stood: with the cursor, what moves after that is told. */
  since: string | undefined
  page: Page
  /** The cursor to wait from. */
  live: string
  person: Person | null
  standing: Standing
  /** Whether a message was reported just now. */
  reported?: boolean
  /** A name for a visitor to take or change. */
  suggestion: Profile
  /** Names the form, so that sending it twice posts once. */
  once: string
  /** The number of the message that the room was opened at. */
  at?: number
  /** The number of the message that the talk is shown from on. */
  begins?: number | undefined
  /** The message that a thread began with, where that alone is shown. */
  thread?: number
  /** What was typed and refused. */
  typed?: { body: string; refusal: Refusal; replyTo?: string | undefined }
  /** The same of the message that the room was opened at. */
  editing?: { body: string; refusal: Refusal }
}

/** A room: the rooms beside it, its head, the talk, and where one writes. */
export const roomFragment = (props: RoomProps): string =>
  render(
    <>
      <Title text={`${props.room.name} · Natter`} />
      <div
        class="app"
        data-room={props.room.slug}
        data-since={props.since}
        data-me={props.person?.id}
        data-role={props.standing.role ?? undefined}
        data-at={props.at ?? props.begins}
        data-begins={props.begins === undefined ? undefined : ''}
        data-read={props.rooms.find(({ id }) => id === props.room.id)?.read}
      >
        <a class="skip" href={props.person && !props.room.archived ? '#body' : '#foot'}>
          Skip to writing
        </a>
        <RoomList rooms={props.rooms} open={props.room} />
        <main class="room">
          <RoomHead room={{ ...props.room, name: nameFor(props) }} person={props.person} />
          <div class="scroller" id="scroller" tabindex={0}>
            <div class="scrolled">
              {props.thread === undefined ? '' : <ThreadLine slug={props.room.slug} />}
              <Talk room={props.room} page={props.page} live={props.live} thread={props.thread} />
              <Empty room={props.room} />
              {isEndOfPast(props) ? <ToThePresent slug={props.room.slug} /> : ''}
            </div>
          </div>
          {isPresent(props) ? <LiveFrame slug={props.room.slug} /> : ''}
          <footer class="foot" id="foot">
            <button type="button" id="latest" class="latest" hidden>
              <span>To the present</span> <Icon name="arrow-down" />
            </button>
            <p id="state" class="state" role="status" />
            <div id="refused">{props.typed ? <Alert refusal={props.typed.refusal} /> : ''}</div>
            {props.at === undefined ? '' : <MessageActs {...props} at={props.at} />}
            <Foot {...props} />
            <p class="hint archived">This room has been archived. It can be read.</p>
          </footer>
        </main>
      </div>
    </>,
  )

const ThreadLine = ({ slug }: { slug: string }) => (
  <p class="further">
    <strong>Thread</strong>
    <a href={`/r/${slug}`}>To the whole room</a>
  </p>
)

/** A conversation is called by the others in it, as it stands in the list of rooms. */
const nameFor = ({ room, rooms }: RoomProps): string =>
  (room.direct && rooms.find(({ id }) => id === room.id)?.name) || room.name

/** Who opened the room at a message, or where something begins, came for that, not for what is said now. */
const isPresent = ({ page, at, begins, thread }: RoomProps) =>
  page.next === null && at === undefined && begins === undefined && thread === undefined

/** Up to the present, and without JavaScript no further. */
const isEndOfPast = (props: RoomProps) =>
  props.page.next === null && props.thread === undefined && !isPresent(props)

const ToThePresent = ({ slug }: { slug: string }) => (
  <noscript>
    <p class="further">
      <a href={`/r/${slug}`}>To the present</a>
    </p>
  </noscript>
)

/**
 * Without JavaScript the present refreshes in a frame of its own, so that what is being typed
 * stays. A page of the past stands as it is.
 */
const LiveFrame = ({ slug }: { slug: string }) => (
  <noscript>
    <iframe class="frame" src={`/r/${slug}/frame`} title="Messages" />
  </noscript>
)

const RoomHead = ({ room, person }: { room: Room; person: Person | null }) => (
  <header class="head">
    <a class="back" href="/">
      <Icon name="arrow-left" />
      <span class="visually-hidden">All rooms</span>
    </a>
    <RoomTitle slug={room.slug} room={room} />
    <SearchLink slug={room.slug} />
    <Me person={person} />
  </header>
)

function Foot(props: RoomProps) {
  if (props.room.archived) return <p class="hint">This room is archived. It can be read.</p>
  if (props.standing.role === 'reader') return <p class="hint">You may read here, not write.</p>
  if (props.person) return <Composer {...props} />
  return (
    <section class="join" aria-label="Join the talk">
      <ProfileForm profile={props.suggestion} to={`/r/${props.room.slug}`} button="Join the talk" />
    </section>
  )
}

const Composer = ({ room, once, typed, thread }: RoomProps) => (
  <form
    id="composer"
    class="composer"
    method="post"
    action={`/r/${room.slug}/messages`}
    hx-post={`/r/${room.slug}/messages`}
    hx-target="#messages"
    hx-swap="upsert sort"
    hx-sync="this:drop"
    hx-config={`timeout:${limits.postTimeoutMs}`}
    {...{ 'hx-status:4xx': 'target:#refused swap:innerHTML' }}
  >
    <input type="hidden" name="once" value={once} />
    <input type="hidden" name="reply_to" value={typed?.replyTo ?? thread} />
    <AttachButton slug={room.slug} />
    <label class="visually-hidden" for="body">
      {thread === undefined ? `Message to ${room.name}` : `Answer in a thread of ${room.name}`}
    </label>
    <textarea
      id="body"
      name="body"
      rows={1}
      required
      autocomplete="off"
      enterkeyhint="send"
      placeholder={thread === undefined ? `Write to ${room.name}` : 'Answer in this thread'}
    >
      {/* A line break right after the tag is none of the text's: HTML drops it. */}
      {`\n${typed?.body ?? ''}`}
    </textarea>
    <button type="button" id="emoji" class="send plain">
      <Icon name="smile" />
      <span class="visually-hidden">Emoji</span>
    </button>
    <button type="submit" class="send">
      <Icon name="send-horizontal" />
      <span class="visually-hidden">Send</span>
    </button>
  </form>
)
