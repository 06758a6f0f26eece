import type { News, ToldHead } from '../live/heads.ts'
import type { ReadHead } from '../live/markers.ts'
import { render } from './render.ts'

/** How far a room has come, for programs. */
export const headJson = ({ slug, last, messages, mentions, by }: ToldHead) => ({
  type: 'room.head',
  room: slug,
  last,
  messages,
  mentions,
  by: by === null ? null : String(by),
})

/** How far somebody has read a room, for their programs. */
export const readJson = ({ slug, n, last, messages, unread, mentions }: ReadHead) => ({
  type: 'room.read',
  room: slug,
  n,
  last,
  messages,
  unread,
  mentions,
})

/** What is told beside changes, for programs. */
export const newsJson = ({ heads, reads }: News) => [...heads.map(headJson), ...reads.map(readJson)]

/** The same for the page's script; it shows nothing by itself. */
export const newsFragment = ({ heads, reads }: News): string =>
  heads
    .map(({ slug, last, messages, mentions, by }) =>
      render(
        <template
          class="head"
          data-room={slug}
          data-last={last}
          data-messages={messages}
          data-mentions={mentions}
          data-by={by}
        />,
      ),
    )
    .join('') +
  reads
    .map(({ slug, n, last, messages, unread, mentions }) =>
      render(
        <template
          class="head"
          data-room={slug}
          data-n={n}
          data-last={last}
          data-messages={messages}
          data-unread={unread}
          data-mentions={mentions}
        />,
      ),
    )
    .join('')

/** The same for a terminal, a line each. */
export const newsText = ({ heads, reads }: News): string =>
  heads.map(({ slug, messages }) => `/r/${slug}  ${messages} messages\n`).join('') +
  reads.map(({ slug, unread }) => `/r/${slug}  ${unread} unread\n`).join('')
