import { isAtLeast, type Standing } from '../chat/access.ts'
import type { Page } from '../chat/pages.ts'
import type { Person } from '../chat/people.ts'
import type { Room } from '../chat/rooms.ts'
import { limits } from '../limits.ts'
import { MethodForm } from './about.tsx'

type Props = {
  room: Room
  page: Page
  person: Person | null
  standing: Standing
  at: number
  reported?: boolean
}

/** What may be done about the message that the room was opened at. */
export function MessageActs({ room, page, person, standing, at, reported }: Props) {
  const message = page.messages.find(({ n }) => n === at)
  if (!person || !message) return ''
  const isMine = message.author.id === person.id
  const moderates = isAtLeast(standing.role, 'moderator') && !room.direct
  return (
    <section class="message-acts" aria-label="This message">
      {reported ? <p role="status">Thank you. The moderators of this room will look at it.</p> : ''}
      {(isMine || moderates) && !message.deleted ? (
        <MethodForm method="DELETE" action={`/r/${room.slug}/messages/${at}`}>
          <button type="submit" class="plain danger">
            Delete this message
          </button>
        </MethodForm>
      ) : (
        ''
      )}
      {isMine ? '' : <Others room={room} at={at} authorId={message.author.id} />}
      <a href={`/r/${room.slug}`}>To the present</a>
    </section>
  )
}

const Others = ({ room, at, authorId }: { room: Room; at: number; authorId: number }) => (
  <>
    <a href={`/r/${room.slug}/members/${authorId}`}>About its author</a>
    {room.direct ? (
      ''
    ) : (
      <details>
        <summary>Report it</summary>
        <form method="post" action={`/r/${room.slug}/messages/${at}/reports`}>
          <label class="field">
            <span>Why, if you like</span>
            <input name="reason" maxlength={limits.reasonChars} autocomplete="off" />
          </label>
          <button type="submit">Report to the moderators</button>
        </form>
      </details>
    )}
  </>
)
