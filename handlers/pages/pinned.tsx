import type { Standing } from '../chat/access.ts'
import type { Message } from '../chat/messages.ts'
import type { Person } from '../chat/people.ts'
import type { Room } from '../chat/rooms.ts'
import { About } from './about.tsx'
import { MessageItem, messageJson } from './message.tsx'
import { render } from './render.ts'

type Props = { room: Room; standing: Standing; person: Person | null; messages: Message[] }

/** What is pinned in a room. */
export const pinnedFragment = ({ room, standing, person, messages }: Props): string =>
  render(
    <About room={room} standing={standing} part="pins">
      <section aria-labelledby="pins-title">
        <h2 id="pins-title">Pinned</h2>
        {messages.length === 0 ? (
          <p class="hint">Nothing is pinned yet. Open a message by its time to pin it.</p>
        ) : (
          <ol class="messages" data-me={person?.id}>
            {messages.map((message) => (
              <MessageItem slug={room.slug} message={message} />
            ))}
          </ol>
        )}
      </section>
    </About>,
  )

export const pinnedJson = (room: Room, messages: Message[]) => ({
  messages: messages.map((message) => messageJson(room.slug, message)),
})
