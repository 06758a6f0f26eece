import type { CustomEmoji } from '../chat/custom-emoji.ts'
import type { Person } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { Alert } from './alert.tsx'
import { pageFragment } from './page.tsx'

type Props = {
  emoji: CustomEmoji[]
  person: Person | null
  refused?: { refusal: Refusal; name: string }
}

/** The page of the emoji of this server's own. */
export const emojiFragment = (props: Props): string =>
  pageFragment(
    'Emoji',
    { href: '/', name: 'Rooms' },
    <>
      <section class="panel" aria-label="Emoji of this server">
        <p class="hint">
          Write one by its name between colons, in a message or as a reaction. Everybody here sees
          its picture.
        </p>
        {props.emoji.length > 0 ? (
          <ul class="rows">
            {props.emoji.map((one) => (
              <EmojiRow emoji={one} person={props.person} />
            ))}
          </ul>
        ) : (
          <p>There are none yet.</p>
        )}
      </section>
      {mayAdd(props.person) ? <NewEmoji {...props} /> : ''}
    </>,
  )

const mayAdd = (person: Person | null) => person !== null && person.kind !== 'guest'

const urlOf = ({ name, version }: CustomEmoji) => `/emoji/${encodeURIComponent(name)}?v=${version}`

type RowProps = { emoji: CustomEmoji; person: Person | null }

const EmojiRow = ({ emoji, person }: RowProps) => (
  <li class="row">
    <img class="custom-emoji" src={urlOf(emoji)} alt="" loading="lazy" />
    <span class="row-text">
      <span class="row-name">:{emoji.name}:</span>
      <span class="hint">
        added by <bdi>{emoji.by.name}</bdi>
      </span>
    </span>
    {mayAdd(person) && (person?.kind === 'owner' || person?.id === emoji.by.id) ? (
      <form method="post" action={`/emoji/${encodeURIComponent(emoji.name)}`}>
        <input type="hidden" name="_method" value="DELETE" />
        <button type="submit" class="plain">
          Remove<span class="visually-hidden"> :{emoji.name}:</span>
        </button>
      </form>
    ) : (
      ''
    )}
  </li>
)

const NewEmoji = ({ refused }: Props) => (
  <section class="panel" aria-labelledby="new-title">
    <h2 id="new-title">Another one</h2>
    {refused ? <Alert refusal={refused.refusal} /> : ''}
    <form method="post" action="/emoji" enctype="multipart/form-data">
      <label class="field">
        <span>Name</span>
        <input
          name="name"
          value={refused?.name ?? ''}
          required
          minlength={2}
          maxlength={34}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          placeholder="Such as: party-otter"
        />
      </label>
      <label class="field">
        <span>Picture</span>
        <input
          type="file"
          name="picture"
          required
          accept="image/png,image/gif,image/webp,image/jpeg"
          aria-describedby="picture-hint"
        />
      </label>
      <p class="hint" id="picture-hint">
        A PNG, GIF, WebP or JPEG of at most {limits.emojiSentBytes / 1024} KiB; a square one looks
        best.
      </p>
      <button type="submit">Add it</button>
    </form>
  </section>
)

/** The same for programs. */
export const emojiJson = (emoji: CustomEmoji[]) => ({
  emoji: emoji.map((one) => ({
    name: one.name,
    url: urlOf(one),
    by: { id: String(one.by.id), name: one.by.name },
  })),
})

/** A line for each. */
export const emojiText = (emoji: CustomEmoji[]): string =>
  emoji.map((one) => `:${one.name}:  ${one.by.name}\n`).join('')
