import type { Message, Quote } from '../chat/messages.ts'
import { MessageBody } from './body.tsx'
import { Files, fileJson } from './files.tsx'
import { renderQuote } from './markdown/body.ts'
import { Mark, Name, personJson } from './person.tsx'
import { Written } from './raw.tsx'
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
    data-thread={message.thread ?? undefined}
    data-edited={message.editedAt && !message.deleted ? '' : undefined}
    data-pinned={message.pinned ? '' : undefined}
    data-deleted={message.deleted ? '' : undefined}
  >
    <Mark person={message.author} />
    <p class="by">
      <Name person={message.author} />{' '}
      <a class="at" href={`/r/${slug}/messages/${message.n}#m${message.n}`}>
        <Time at={message.at} />
      </a>
    </p>
    {message.replyTo === null ? (
      ''
    ) : (
      <Answers slug={slug} n={message.replyTo} quote={message.quote} />
    )}
    <div class="body" dir="auto">
      {message.body === '' && message.files.length > 0 ? (
        ''
      ) : (
        <MessageBody slug={slug} message={message} />
      )}
      <Files files={message.files} />
    </div>
    <Noted message={message} />
    {message.reactions.length === 0 ? '' : <Reactions slug={slug} message={message} />}
  </li>
)

/** What became of the message since it was said. */
const Noted = ({ message: { editedAt, pinned, deleted } }: { message: Message }) => {
  const notes = [editedAt && !deleted ? 'edited' : '', pinned ? 'pinned' : ''].filter(Boolean)
  return notes.length === 0 ? '' : <p class="noted">{notes.join(' · ')}</p>
}

/** A button for each, which gives it as well or takes one's own back. */
const Reactions = ({ slug, message: { n, reactions } }: Props) => (
  <form
    class="reactions"
    method="post"
    action={`/r/${slug}/messages/${n}/reactions`}
    hx-post={`/r/${slug}/messages/${n}/reactions`}
    hx-target="closest .message"
    hx-swap="outerHTML"
    {...{ 'hx-status:4xx': 'target:#refused swap:innerHTML' }}
  >
    {reactions.map(({ emoji, by }) => (
      <button
        type="submit"
        name="emoji"
        value={emoji}
        data-by={by.map(({ id }) => id).join(' ')}
        title={namesOf(by)}
      >
        {emoji} <span>{by.length}</span>
      </button>
    ))}
  </form>
)

/** How many are named; the others are counted. */
const NAMED = 10

function namesOf(by: readonly { name: string }[]): string {
  const names = by.slice(0, NAMED).map(({ name }) => name)
  const others = by.length - names.length
  return others > 0 ? `${names.join(', ')} and ${others} more` : names.join(', ')
}

type AnswersProps = { slug: string; n: number; quote: Quote | null }

const Answers = ({ slug, n, quote }: AnswersProps) => (
  <p class="answers">
    <a href={`/r/${slug}/messages/${n}#m${n}`} class={`quote q${n}`}>
      {quote ? <QuoteText {...quote} /> : 'In answer to an earlier message'}
    </a>
  </p>
)

/** What is quoted, in one line: plain words, whatever they are made of there. */
export const QuoteText = ({ author, text, file, deleted }: Omit<Quote, 'n'>) => (
  <>
    <b>{author}</b>{' '}
    {deleted ? 'This message was deleted.' : file || <Written html={renderQuote(text)} />}
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
  html: render(<MessageBody slug={slug} message={message} />),
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
