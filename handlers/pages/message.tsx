import type { Message, Quote } from '../chat/messages.ts'
import { MessageBody } from './body.tsx'
import { Files, fileJson } from './files.tsx'
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
    {message.replyTo === null ? (
      ''
    ) : (
      <Answers slug={slug} n={message.replyTo} quote={message.quote} />
    )}
    <div class="body">
      {message.body === '' && message.files.length > 0 ? '' : <MessageBody message={message} />}
      <Files files={message.files} />
    </div>
  </li>
)

type AnswersProps = { slug: string; n: number; quote: Quote | null }

const Answers = ({ slug, n, quote }: AnswersProps) => (
  <p class="answers">
    <a href={`/r/${slug}/messages/${n}#m${n}`} class={`q${n}`}>
      {quote ? <QuoteText {...quote} /> : 'In answer to an earlier message'}
    </a>
  </p>
)

/** What is quoted, in one line: it is no Markdown there. */
export const QuoteText = ({ author, text, deleted }: Omit<Quote, 'n'>) => (
  <>
    <b>{author}</b> {deleted ? 'This message was deleted.' : text.replace(/\s+/g, ' ')}
  </>
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
  html: render(<MessageBody message={message} />),
  at: message.at.toISOString(),
  edited_at: message.editedAt?.toISOString() ?? null,
  deleted: message.deleted,
  reply_to: message.replyTo,
  thread: message.thread,
  version: message.version,
  mentions: message.named.people.map(({ id, name }) => ({ id: String(id), name })),
  reactions: message.reactions.map(({ emoji, by }) => ({
    emoji,
    count: by.length,
    by: by.map(({ id, name }) => ({ id: String(id), name })),
  })),
  pinned: message.pinned,
  files: message.files.map(fileJson),
})
