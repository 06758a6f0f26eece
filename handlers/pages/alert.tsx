import type { Refusal } from '../chat/refusal.ts'
import { PasswordField } from './person.tsx'
import { PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'

/** A refusal's sentence, read out at once. */
export const Alert = ({ refusal }: { refusal: Refusal }) => (
  <div class="alert" role="alert" data-code={refusal.code}>
    <p>{refusal.detail}</p>
  </div>
)

type Fields = Record<string, string | undefined>
type Typed = { action: string; fields: Fields }
type Props = { refusal: Refusal; title?: string | undefined; typed?: Typed | undefined }

/**
 * A refusal as HTML.
 * @param title of the page that the refusal stands in for; without one it is the sentence alone,
 *   to be shown beside what was refused.
 * @param typed a form that was refused, with what stood in it: nothing that was typed is lost.
 */
export const alertFragment = ({ refusal, title, typed }: Props): string =>
  render(
    title ? (
      <RefusedPage refusal={refusal} title={title} typed={typed} />
    ) : (
      <Alert refusal={refusal} />
    ),
  )

const RefusedPage = ({ refusal, title, typed }: Props) => (
  <>
    <Title text={`${title} · Natter`} />
    <PageStyle />
    {/* What is away comes back: the page tries again by itself, unless it holds what was typed. */}
    <main class="away" id={refusal.code === 'unavailable' && !typed ? 'away' : undefined}>
      {refusal.code === 'unavailable' && !typed ? <Refresh /> : ''}
      <h1>{title}</h1>
      <Alert refusal={refusal} />
      {typed ? <Again {...typed} /> : ''}
      <p class="way-on">
        {refusal.code === 'sign_in' ? <a href="/me">Sign in or pick a name</a> : ''}
        <a href="/">All rooms</a>
      </p>
    </main>
  </>
)

const Refresh = () => (
  <noscript>
    <meta http-equiv="refresh" content="3" />
  </noscript>
)

const labels = new Map([
  ['body', 'What you wrote'],
  ['name', 'Name'],
  ['topic', 'Topic'],
])

/** The form once more, as it was sent: visible what a person types, hidden what the page added. A password is typed again. */
const Again = ({ action, fields }: Typed) => (
  <form method="post" action={action} class="again">
    {Object.entries(fields).map(([name, value]) =>
      name === 'password' ? (
        <PasswordField kind="current" />
      ) : name === 'current' ? (
        <PasswordField kind="current" name="current" label="Password as it is now" />
      ) : !labels.has(name) ? (
        <input type="hidden" name={name} value={value} />
      ) : (
        <label class="field">
          <span>{labels.get(name)}</span>
          <textarea name={name} rows={name === 'body' ? 6 : 1}>{`\n${value}`}</textarea>
        </label>
      ),
    )}
    <button type="submit">Send again</button>
  </form>
)
