import type { ListedRoom } from '../chat/rooms.ts'
import type { Counts } from '../chat/unread.ts'
import { limits } from '../limits.ts'
import { MethodForm } from './about.tsx'

const shown = (count: number) =>
  count < limits.unreadCounted ? String(count) : `${limits.unreadCounted - 1}+`

/** How much of a room somebody has not read; nothing where that is nothing. */
export const Unread = ({ unread, mentions }: Counts) =>
  unread === 0 ? (
    ''
  ) : (
    <span class={mentions > 0 ? 'new named' : 'new'}>
      {shown(unread)}
      <span class="visually-hidden">
        {' '}
        unread{mentions > 0 ? `, ${shown(mentions)} name you` : ''}
      </span>
    </span>
  )

/** What the page's script counts on from; none for a room that is none of theirs. */
export const countsOf = ({ read, unread, mentions, messages, lastSeq, level }: ListedRoom) =>
  read === null
    ? {}
    : {
        'data-unread': unread,
        'data-mentions': mentions,
        'data-messages': messages,
        'data-last': lastSeq,
        ...(level === 'everything' ? {} : { 'data-level': level }),
      }

/** Leaves nothing unread in a room. */
export const MarkRead = ({ slug, name, unread }: ListedRoom) => (
  <div class="mark-read" hidden={unread === 0}>
    <MethodForm method="PUT" action={`/r/${slug}/read`}>
      <button type="submit" class="plain" aria-label={`Mark ${name} as read`}>
        Mark as read
      </button>
    </MethodForm>
  </div>
)

/** Marks a message and what follows it as unread. */
export const UnreadFrom = ({ slug, n }: { slug: string; n: number }) => (
  <MethodForm method="PUT" action={`/r/${slug}/read`}>
    <input type="hidden" name="n" value={n - 1} />
    <input type="hidden" name="unread" value="true" />
    <button type="submit" class="plain">
      Mark as unread from here
    </button>
  </MethodForm>
)
