import type { Passkey } from '../chat/passkeys.ts'
import { limits } from '../limits.ts'
import { Icon, PageScript, PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'

/**
 * The page of somebody's passkeys.
 * @param device what the next one is called unless they say otherwise
 */
export const passkeysFragment = (passkeys: Passkey[], device: string): string =>
  render(
    <>
      <Title text="Passkeys · Natter" />
      <PageStyle />
      <div class="home">
        <header class="head">
          <a class="back" href="/me">
            <Icon name="arrow-left" />
            <span class="visually-hidden">You</span>
          </a>
          <h1>Passkeys</h1>
        </header>
        <main class="home-main">
          <section aria-labelledby="passkeys-title">
            <h2 id="passkeys-title">Yours</h2>
            {passkeys.length > 0 ? <Mine passkeys={passkeys} /> : <p class="hint">None yet.</p>}
          </section>
          <section class="panel" aria-labelledby="new-passkey-title">
            <h2 id="new-passkey-title">Add a passkey</h2>
            <p class="hint">
              With a passkey you sign in by your fingerprint, your face or your device’s PIN, and
              need no password.
            </p>
            <Add device={device} />
          </section>
        </main>
      </div>
    </>,
  )

const Mine = ({ passkeys }: { passkeys: Passkey[] }) => (
  <>
    <ul class="cards">
      {passkeys.map((passkey) => (
        <li class="kept">
          <span class="card-text">
            <bdi class="card-name">{passkey.name}</bdi>
            <span class="hint">
              Added <Day at={passkey.createdAt} />
              {passkey.usedAt ? (
                <>
                  , last used <Day at={passkey.usedAt} />
                </>
              ) : (
                ', not used yet'
              )}
            </span>
          </span>
          <form method="post" action={`/passkeys/${passkey.id}`}>
            <input type="hidden" name="_method" value="DELETE" />
            <button type="submit" class="plain">
              Remove<span class="visually-hidden"> {passkey.name}</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
    <p class="hint">One that you remove opens nothing here. Your device may still list it.</p>
  </>
)

/** The day, for those without JavaScript; the browser's own way of writing it for the others. */
const Day = ({ at }: { at: Date }) => (
  <time class="ago" datetime={at.toISOString()}>
    {at.toISOString().slice(0, 10)}
  </time>
)

const Add = ({ device }: { device: string }) => (
  <>
    <noscript>
      <p class="hint">To add one, a browser has to run JavaScript.</p>
    </noscript>
    <p class="hint" hidden data-passkeys="missing">
      To add one, a browser has to know passkeys, and Natter’s address has to begin with https and a
      name.
    </p>
    <div hidden data-passkeys="there">
      <form method="post" action="/passkeys" data-passkey="create" data-to="/passkeys">
        <label class="field">
          <span>Name</span>
          <input
            name="name"
            value={device}
            required
            maxlength={limits.nameChars}
            autocomplete="off"
          />
        </label>
        <button type="submit">Add a passkey</button>
      </form>
    </div>
    <PageScript src="/natter/passkeys.js" />
  </>
)

/** What stands for options where they are looked at as a page: nobody needs to. */
export const optionsFragment = (): string =>
  render(<p class="hint">This is for your browser alone. There is nothing to see.</p>)

/** A passkey for programs. */
export const passkeyJson = ({ id, name, createdAt, usedAt }: Passkey) => ({
  id,
  name,
  created_at: createdAt.toISOString(),
  used_at: usedAt?.toISOString() ?? null,
})
