type Props = { slug: string; room: { name: string; topic: string; archived: boolean } }

/** What a room is called and about, at its head; it changes while one looks at it. */
export const RoomTitle = ({ slug, room }: Props) => (
  <div id="room-title" class="room-title" data-archived={room.archived ? 'true' : undefined}>
    <h1>
      <bdi>{room.name}</bdi>
    </h1>
    <p class="topic" title={room.topic}>
      {room.topic}
    </p>
    <a class="people" href={`/r/${slug}/members`}>
      People
    </a>
  </div>
)
