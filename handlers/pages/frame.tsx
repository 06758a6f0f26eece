import type { Page } from '../chat/pages.ts'
import type { Room } from '../chat/rooms.ts'
import { limits } from '../limits.ts'
import { MessageItem } from './message.tsx'
import { FrameHead } from './raw.tsx'
import { render } from './render.ts'
import { Empty, NotKept } from './talk.tsx'

/**
 * The talk as a document of its own, for browsers without JavaScript: as soon as it is shown it
 * asks for itself again, and that request is held until there is something new.
 */
export const frameDocument = (props: { room: Room; page: Page; live: string }): string =>
  `<!doctype html>${render(
    <html lang="en">
      <FrameHead
        title={`Messages in ${props.room.name}`}
        next={nextFrame(props.room.slug, props.live)}
      />
      <body class="framed">
        <main class="scroller" aria-label="Messages">
          <div class="scrolled">
            <p class="further">
              {props.page.prev === null ? (
                <NotKept room={props.room} />
              ) : (
                <a href={`/r/${props.room.slug}?before=${props.page.prev}`}>Earlier messages</a>
              )}
            </p>
            <ol class="messages">
              {props.page.messages.map((message) => (
                <MessageItem slug={props.room.slug} message={message} />
              ))}
            </ol>
            {props.page.messages.length === 0 ? <Empty room={props.room} /> : ''}
          </div>
        </main>
      </body>
    </html>,
  )}`

const nextFrame = (slug: string, cursor: string) =>
  `/r/${slug}/frame?after=${cursor}&wait=${limits.waitSeconds}`
