import type { Message } from '../chat/messages.ts'
import { MessageBody } from './body.tsx'
import { Mark, Name, personJson } from './person.tsx'
import { render } from './render.ts'

type Props = { slug: string; message: Message }

/**
 * A message, the same for every viewer: what is mine, what follows on, and the local time are
 * marked in the browser from the data attributes.
 */
export const MessageItem = ({ slug, message }: Props) => (
  <li
    id={`m${message.n}`}
    class="message"
    data-n={message.n}
    data-author={message.author.id}
    data-at={message.at.toISOString()}
  >
    <Mark person={message.author} />
    <p class="by">
      <Name person={message.author} />{' '}
      <a class="at" href={`/r/${slug}/messages/${message.n}#m${message.n}`}>
        <Time at={message.at} />
      </a>
      {message.editedAt && !message.deleted ? <span class="edited"> edited</span> : ''}
    </p>
    {message.replyTo === null ? '' : <ReplyLine slug={slug} n={message.replyTo} />}
    <div class="body" dir="auto">
      <MessageBody slug={slug} message={message} />
    </div>
  </li>
)

const ReplyLine = ({ slug, n }: { slug: string; n: number }) => (
  <p class="answers">
    <a href={`/r/${slug}/messages/${n}#m${n}`}>In answer to an earlier message</a>
  </p>
)

/** UTC, until the browser puts its own in place. */
const Time = ({ at }: { at: Date }) => (
  <time datetime={at.toISOString()}>{at.toISOString().slice(11, 16)}</time>
)

/** A message as a fragment of its own. */
export const messageFragment = (props: Props): string => render(<MessageItem {...props} />)

/** A message for programs. */
export const messageJson = (slug: string, message: Message) => ({
  n: message.n,
  room: slug,
  author: personJson(message.author),
  body: message.body,
  html: render(<MessageBody slug={slug} message={message} />),
  at: message.at.toISOString(),
  edited_at: message.editedAt?.toISOString() ?? null,
  deleted: message.deleted,
  reply_to: message.replyTo,
  version: message.version,
})
