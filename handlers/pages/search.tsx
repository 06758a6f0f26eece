import type { Person } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import type { Excerpt } from '../chat/search/excerpt.ts'
import type { Asked, Found, Result } from '../chat/search/search.ts'
import { limits } from '../limits.ts'
import { Alert } from './alert.tsx'
import { Me } from './me.tsx'
import { messageJson } from './message.tsx'
import { Mark, Name } from './person.tsx'
import { Icon, PageScript, PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'
import { harmless, messageText } from './text.ts'

export type SearchProps = {
  /** What was asked for, which stands in the form. */
  asked: Asked
  person: Person | null
  /** Nothing where nothing was asked for. */
  found?: Found
  /** Where the next page is. */
  more?: string | null
  refusal?: Refusal
}

/** The page on which one searches. */
export const searchFragment = (props: SearchProps): string =>
  render(
    <>
      <Title text={`${props.asked.q || 'Search'} · Natter`} />
      <PageStyle />
      <PageScript src="/natter/search.js" />
      <div class="home">
        <header class="head">
          <a class="back" href={props.asked.room ? `/r/${props.asked.room}` : '/'}>
            <Icon name="arrow-left" />
            <span class="visually-hidden">
              {props.asked.room ? 'Back to the room' : 'All rooms'}
            </span>
          </a>
          <h1>Search</h1>
          <Me person={props.person} />
        </header>
        <main class="home-main">
          <SearchForm asked={props.asked} />
          <p id="search-state" class="hint" role="status" />
          <FoundPart {...props} />
        </main>
      </div>
    </>,
  )

/** Asks as one types; without a script it is a form. */
const SearchForm = ({ asked }: { asked: Asked }) => (
  <search>
    <form
      class="search"
      method="get"
      action="/search"
      hx-get="/search"
      hx-trigger="input delay:250ms, submit"
      hx-target="#found"
      hx-select="#found"
      hx-swap="outerHTML"
      hx-sync="this:replace"
    >
      <div class="search-line">
        <label class="visually-hidden" for="q">
          Words to look for
        </label>
        <input
          id="q"
          name="q"
          type="search"
          value={asked.q}
          maxlength={limits.searchChars}
          placeholder="Words, or from:ann"
          autocomplete="off"
          enterkeyhint="search"
          autofocus
        />
        <button type="submit">Search</button>
      </div>
      <div class="search-more">
        {asked.from ? <input type="hidden" name="from" value={asked.from} /> : ''}
        {asked.zone ? <input type="hidden" name="zone" value={asked.zone} /> : ''}
        {asked.room ? (
          <label>
            <input type="checkbox" name="room" value={asked.room} checked /> In this room only
          </label>
        ) : (
          ''
        )}
        <label>
          <span class="visually-hidden">Order</span>
          <select name="sort">
            <option value="">Newest first</option>
            <option value="best" selected={asked.sort === 'best'}>
              Best first
            </option>
          </select>
        </label>
      </div>
    </form>
  </search>
)

const FoundPart = (props: SearchProps) => (
  <section id="found" class="found" aria-label="What was found">
    <FoundWords {...props} />
    {props.found ? (
      <ol id="hits" class="hits">
        {props.found.results.map((result) => (
          <Hit result={result} />
        ))}
      </ol>
    ) : (
      ''
    )}
    {props.found ? <More path={props.more ?? null} /> : ''}
  </section>
)

/** What is read out while one types. */
function FoundWords({ found, more, refusal }: SearchProps) {
  if (refusal) return <Alert refusal={refusal} />
  if (!found) return <Help />
  const many = found.results.length
  if (many > 0 || more) {
    return (
      <p class="visually-hidden" role="status">
        {more ? `The first ${many} messages` : many === 1 ? 'One message' : `${many} messages`}
      </p>
    )
  }
  return (
    <div class="nothing" role="status">
      <p>Nothing found.</p>
      <p class="hint">
        Try fewer words, or another form of them. You find what is said in rooms that are open to
        you.
      </p>
    </div>
  )
}

const ways: [typed: string, means: string][] = [
  ['green tea', 'both words, in any order'],
  ['"green tea"', 'these words, one after the other'],
  ['tea -green', 'without a word'],
  ['from:ann', 'who wrote it; from:"Ann Archer" for a name of two words'],
  ['in:lobby', 'a room, as it stands in its address'],
  ['after:2026-11-01 before:2026-12-01', 'when: from a day on, and until one'],
  ['has:link', 'or has:code'],
]

const Help = () => (
  <section class="panel" aria-labelledby="ways-title">
    <h2 id="ways-title">What you can look for</h2>
    <dl class="search-ways">
      {ways.map(([typed, means]) => (
        <div>
          <dt>
            <code>{typed}</code>
          </dt>
          <dd>{means}</dd>
        </div>
      ))}
    </dl>
  </section>
)

const Hit = ({ result: { message, room, excerpt } }: { result: Result }) => (
  <li class="hit">
    <a class="hit-link" href={`/r/${room.slug}/messages/${message.n}#m${message.n}`}>
      <Mark person={message.author} />
      <span class="hit-by">
        <Name person={message.author} /> in <bdi>{room.name}</bdi>{' '}
        <time class="ago" datetime={message.at.toISOString()}>
          {message.at.toISOString().slice(0, 10)}
        </time>
      </span>
      <span class="excerpt" dir="auto">
        {marked(excerpt)}
      </span>
    </a>
  </li>
)

/** The text with what was looked for marked. JSX escapes all of it. */
function marked({ text, marks }: Excerpt) {
  let end = 0
  const parts = marks.flatMap(({ from, to }) => {
    const before = text.slice(end, from)
    end = to
    return [before, <mark>{text.slice(from, to)}</mark>]
  })
  return [...parts, text.slice(end)]
}

/** Adds the next page to this one; without a script it leads there. */
const More = ({ path }: { path: string | null }) => (
  <p id="more" class="further">
    {path === null ? (
      ''
    ) : (
      <a
        href={path}
        hx-get={path}
        hx-target="#hits"
        hx-swap="beforeend"
        hx-select="#hits > li"
        hx-select-oob="#more"
        hx-sync="this:drop"
      >
        More
      </a>
    )}
  </p>
)

/** What was found, for programs; `excerpt.marks` are places in its text, in UTF-16 units. */
export const searchJson = ({ results, next }: Found) => ({
  results: results.map(({ message, room, excerpt }) => ({
    ...messageJson(room.slug, message),
    excerpt,
  })),
  next,
})

/** What was found, for a terminal: under the address of each message. */
export const searchText = ({ results }: Found): string =>
  results
    .map(
      ({ message, room }) =>
        `/r/${room.slug}/messages/${message.n}  ${harmless(room.name)}\n${messageText(message)}`,
    )
    .join('') || '(nothing was found)\n'
