import { isAtLeast, type Standing } from '../chat/access.ts'
import type { Message } from '../chat/messages.ts'
import type { Page } from '../chat/pages.ts'
import type { Person } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import type { Room } from '../chat/rooms.ts'
import { limits } from '../limits.ts'
import { MethodForm } from './about.tsx'
import { Alert } from './alert.tsx'
import { threadPath } from './talk.tsx'
import { UnreadFrom } from './unread.tsx'

type Props = {
  room: Room
  page: Page
  person: Person | null
  standing: Standing
  at: number
  reported?: boolean
  /** Names the answer's form, so that sending it twice posts once. */
  once: string
  /** The text that was to take its place, and why it did not. */
  editing?: { body: string; refusal: Refusal }
}

/** What may be done about the message that the room was opened at; all of it without a script. */
export function MessageActs(props: Props) {
  const { room, page, person, at, reported } = props
  const message = page.messages.find(({ n }) => n === at)
  if (!person || !message) return ''
  const isMine = message.author.id === person.id
  return (
    <section class="message-acts" aria-label="This message">
      {reported ? <p role="status">Thank you. The moderators of this room will look at it.</p> : ''}
      {message.deleted ? <Deleted {...props} /> : <Said {...props} message={message} />}
      {isMine ? '' : <Others room={room} at={at} authorId={message.author.id} />}
      <UnreadFrom slug={room.slug} n={at} />
      <a href={threadPath(room.slug, at)}>Thread</a>
      <a href={`/r/${room.slug}`}>To the present</a>
    </section>
  )
}

const Deleted = ({ room, at }: Props) => (
  <MethodForm method="PATCH" action={`/r/${room.slug}/messages/${at}`}>
    <input type="hidden" name="deleted" value="false" />
    <button type="submit">Bring it back</button>
    <span class="hint">Whoever deleted it can, for {limits.undoSeconds} seconds.</span>
  </MethodForm>
)

function Said({ room, standing, person, message, once, editing }: Props & { message: Message }) {
  const path = `/r/${room.slug}/messages/${message.n}`
  const isMine = message.author.id === person?.id
  const moderates = isAtLeast(standing.role, 'moderator') && !room.direct
  const writes = !room.archived && standing.role !== 'reader'
  return (
    <>
      {writes ? <Answer room={room} message={message} word={once} /> : ''}
      {writes ? <React path={path} /> : ''}
      {writes && isMine ? <Edit path={path} message={message} editing={editing} /> : ''}
      {message.version > 1 && (isMine || moderates) ? (
        <a href={`${path}/edits`}>What it said before</a>
      ) : (
        ''
      )}
      {writes ? (
        <MethodForm method={message.pinned ? 'DELETE' : 'PUT'} action={`${path}/pin`}>
          <button type="submit" class="plain">
            {message.pinned ? 'Unpin it' : 'Pin it'}
          </button>
        </MethodForm>
      ) : (
        ''
      )}
      <MethodForm method="PUT" action={`${path}/saved`}>
        <button type="submit" class="plain">
          Save it for me
        </button>
      </MethodForm>
      {isMine || moderates ? (
        <MethodForm method="DELETE" action={path}>
          <button type="submit" class="plain danger">
            Delete this message
          </button>
        </MethodForm>
      ) : (
        ''
      )}
    </>
  )
}

const Answer = ({ room, message, word }: { room: Room; message: Message; word: string }) => (
  <details>
    <summary>Answer it</summary>
    <form method="post" action={`/r/${room.slug}/messages`}>
      <input type="hidden" name="once" value={`${word}-answer`} />
      <input type="hidden" name="reply_to" value={message.n} />
      <label class="field">
        <span>Your answer</span>
        <textarea name="body" rows={3} required />
      </label>
      <button type="submit">Send the answer</button>
    </form>
  </details>
)

const React = ({ path }: { path: string }) => (
  <details>
    <summary>React to it</summary>
    <form method="post" action={`${path}/reactions`}>
      <label class="field">
        <span>An emoji</span>
        <input name="emoji" required maxlength={limits.reactionChars} autocomplete="off" />
      </label>
      <button type="submit">React</button>
    </form>
  </details>
)

type EditProps = { path: string; message: Message; editing: Props['editing'] }

const Edit = ({ path, message, editing }: EditProps) => (
  <details open={editing !== undefined}>
    <summary>Put it in other words</summary>
    {editing ? <Alert refusal={editing.refusal} /> : ''}
    <MethodForm method="PATCH" action={path}>
      <input type="hidden" name="version" value={message.version} />
      <label class="field">
        <span>The message</span>
        <textarea name="body" rows={4} required>
          {/* A line break right after the tag is none of the text's: HTML drops it. */}
          {`\n${editing?.body ?? message.body}`}
        </textarea>
      </label>
      <button type="submit">Save</button>
    </MethodForm>
  </details>
)

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
