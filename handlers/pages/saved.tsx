import type { Saved, SavedPlace } from '../chat/saved.ts'
import { MethodForm } from './about.tsx'
import { MessageItem, messageJson } from './message.tsx'
import { pageFragment, toMe } from './page.tsx'
import { harmless, messageText } from './text.ts'

/** What somebody has saved. @param me whose page it is, for what is marked in the browser */
export const savedFragment = (saved: Saved[], next: SavedPlace | null, me: number): string =>
  pageFragment(
    'Saved',
    toMe,
    <section aria-label="Saved messages" data-me={me}>
      <div id="refused" />
      {saved.length === 0 ? (
        <p class="hint">You have saved nothing yet. Open a message by its time to save it.</p>
      ) : (
        ''
      )}
      {saved.map((one) => (
        <SavedPanel {...one} />
      ))}
      {next ? (
        <p class="further">
          <a href={`/saved?before=${next}`}>Earlier</a>
        </p>
      ) : (
        ''
      )}
    </section>,
  )

const SavedPanel = ({ slug, room, message }: Saved) => (
  <article class="panel">
    <ol class="messages">
      <MessageItem slug={slug} message={message} />
    </ol>
    <div class="side">
      <a href={`/r/${slug}/messages/${message.n}#m${message.n}`}>
        In <bdi>{room}</bdi>
      </a>
      <MethodForm method="DELETE" action={`/r/${slug}/messages/${message.n}/saved`}>
        <button type="submit" class="plain">
          Let go
        </button>
      </MethodForm>
    </div>
  </article>
)

export const savedJson = (saved: Saved[], next: SavedPlace | null) => ({
  saved: saved.map(({ slug, message, at }) => ({
    message: messageJson(slug, message),
    at: at.toISOString(),
  })),
  next,
})

export const savedText = (saved: Saved[]): string =>
  saved.map(({ room, message }) => `# ${harmless(room)}\n${messageText(message)}`).join('') ||
  '(nothing is saved yet)\n'
