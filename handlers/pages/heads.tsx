import type { Head } from '../live/moved.ts'
import { render } from './render.ts'

/** How far a room has come, for programs. Nobody can be mentioned yet. */
export const headJson = ({ slug, last, messages }: Head) => ({
  type: 'room.head',
  room: slug,
  last,
  messages,
  mentions: 0,
})

/** The same for the page's script; it shows nothing by itself. */
export const headsFragment = (heads: readonly Head[]): string =>
  heads
    .map(({ slug, last, messages }) =>
      render(
        <template
          class="head"
          data-room={slug}
          data-last={last}
          data-messages={messages}
          data-mentions={0}
        />,
      ),
    )
    .join('')

/** The same for a terminal, a line each. */
export const headsText = (heads: readonly Head[]): string =>
  heads.map(({ slug, messages }) => `/r/${slug}  ${messages} messages\n`).join('')
