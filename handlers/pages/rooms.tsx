import type { Person } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import type { ListedRoom, Room } from '../chat/rooms.ts'
import { Alert } from './alert.tsx'
import { Me } from './me.tsx'
import { Icon, PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'
import { countsOf, MarkRead, Unread } from './unread.tsx'

/** The rooms beside the talk, the one that is open marked. */
export const RoomList = ({ rooms, open }: { rooms: ListedRoom[]; open: Room | null }) => (
  <nav class="rooms" aria-label="Rooms">
    <h2>
      <a href="/">Natter</a>
    </h2>
    <ul>
      {rooms.map((room) => (
        <li>
          <RoomLink room={room} current={room.slug === open?.slug} />
        </li>
      ))}
    </ul>
    <a class="quiet" href="/search">
      <Icon name="search" /> Search
    </a>
    <a class="quiet" href="/#new-room">
      <Icon name="plus" /> New room
    </a>
  </nav>
)

/** To where one searches in a room. */
export const SearchLink = ({ slug }: { slug: string }) => (
  <a class="find" href={`/search?room=${slug}`}>
    <Icon name="search" />
    <span class="visually-hidden">Search</span>
  </a>
)

const RoomLink = ({ room, current }: { room: ListedRoom; current: boolean }) => (
  <a href={`/r/${room.slug}`} {...(current ? { 'aria-current': 'page' } : {})} {...countsOf(room)}>
    <Icon name={room.visibility === 'open' ? 'hash' : 'lock'} />
    <bdi>{room.name}</bdi>
    {current ? '' : <Unread {...room} />}
  </a>
)

type HomeProps = {
  rooms: ListedRoom[]
  person: Person | null
  /** The cursor from which on is told what moves. */
  after?: string | undefined
  /** Why there is nothing here for whoever asks. */
  closed?: Refusal | undefined
  /** What was typed into the form for a new room, and why it was refused. */
  typed?: { name: string; topic: string; refusal: Refusal }
}

/** The first page: all rooms, and a form for another. */
export const homeFragment = (props: HomeProps): string =>
  render(
    <>
      <Title text="Rooms · Natter" />
      <PageStyle />
      <div class="home" data-me={props.person?.id} data-after={props.after}>
        <header class="head">
          <h1>Natter</h1>
          <Me person={props.person} />
        </header>
        <main class="home-main">
          {props.closed ? <Closed refusal={props.closed} /> : <SearchField />}
          <section aria-labelledby="rooms-title" hidden={props.rooms.length === 0}>
            <h2 id="rooms-title">Rooms</h2>
            <ul class="cards">
              {props.rooms.map((room) => (
                <li>
                  <RoomCard room={room} />
                  <MarkRead {...room} />
                </li>
              ))}
            </ul>
          </section>
          {props.closed ? '' : <NewRoom {...props} />}
        </main>
      </div>
    </>,
  )

const SearchField = () => (
  <search>
    <form class="search-line" action="/search">
      <input name="q" type="search" aria-label="Search" placeholder="Search" autocomplete="off" />
    </form>
  </search>
)

/** For whoever is not let in: what they can do about it. */
const Closed = ({ refusal }: { refusal: Refusal }) => (
  <section class="panel" aria-label="Not open to you">
    <p>{refusal.detail}</p>
    {refusal.code === 'sign_in' ? (
      <p>
        <a href="/me">Sign in</a>
      </p>
    ) : (
      ''
    )}
  </section>
)

const RoomCard = ({ room }: { room: ListedRoom }) => (
  <a class="card" href={`/r/${room.slug}`} {...countsOf(room)}>
    <Icon name={room.visibility === 'open' ? 'hash' : 'lock'} />
    <span class="card-text">
      <bdi class="card-name">{room.name}</bdi>
      <span class="card-topic">{room.topic || 'No topic yet'}</span>
    </span>
    <Unread {...room} />
    {room.lastAt ? (
      <time class="ago" datetime={room.lastAt.toISOString()}>
        {room.lastAt.toISOString().slice(0, 10)}
      </time>
    ) : (
      ''
    )}
  </a>
)

const NewRoom = ({ person, typed }: HomeProps) => (
  <section id="new-room" class="panel" aria-labelledby="new-room-title">
    <h2 id="new-room-title">New room</h2>
    {typed ? <Alert refusal={typed.refusal} /> : ''}
    {person ? (
      <form method="post" action="/rooms">
        <label class="field">
          <span>Name</span>
          <input name="name" value={typed?.name ?? ''} required autocomplete="off" />
        </label>
        <label class="field">
          <span>
            Topic <small>if you like</small>
          </span>
          <input name="topic" value={typed?.topic ?? ''} autocomplete="off" />
        </label>
        <button type="submit">Make the room</button>
      </form>
    ) : (
      <p>
        <a href="/me">Pick a name</a> first; then you can make a room of your own.
      </p>
    )}
  </section>
)

/** A room for programs. */
export const roomJson = (room: Room) => ({
  slug: room.slug,
  name: room.name,
  topic: room.topic,
  visibility: room.visibility,
  archived: room.archived,
  ...(room.direct ? { direct: true } : {}),
  ...(room.slowSeconds > 0 ? { slow_seconds: room.slowSeconds } : {}),
})

export const roomsJson = (rooms: ListedRoom[]) => ({
  rooms: rooms.map((room) => ({
    ...roomJson(room),
    last_at: room.lastAt?.toISOString() ?? null,
    last: room.lastSeq,
    messages: room.messages,
    read: room.read,
    unread: room.unread,
    mentions: room.mentions,
  })),
})
