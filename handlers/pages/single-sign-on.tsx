import type { Refusal } from '../chat/refusal.ts'
import { Alert } from './alert.tsx'
import { PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'

/** The way to a provider, as the page about oneself shows it. */
export type ProviderWay = {
  name: string
  /** Whether a member can sign in by it already; undefined where nobody looked. */
  isConnected?: boolean | undefined
}

/** For whoever is not signed in. */
export const SignInWith = ({ name, isGuest }: ProviderWay & { isGuest: boolean }) => (
  <section class="panel" aria-label={`Sign in with ${name}`}>
    {isGuest ? (
      <p class="hint">The first time, you stay who you are, under your name there.</p>
    ) : (
      ''
    )}
    <a class="button" href="/oidc?to=/me">
      Sign in with {name}
    </a>
  </section>
)

/** For a member. */
export const Connect = ({ name, isConnected }: ProviderWay) =>
  isConnected === undefined ? (
    ''
  ) : (
    <section class="panel" aria-label={`Sign in with ${name}`}>
      {isConnected ? (
        <p class="hint">You can sign in with {name}.</p>
      ) : (
        <>
          <p class="hint">Once connected, you can sign in here with {name} as well.</p>
          <form method="post" action="/oidc/link">
            <button type="submit" class="plain">
              Connect {name}
            </button>
          </form>
        </>
      )}
    </section>
  )

/**
 * Leads on by itself, with a link for who is not taken. A form may not lead to another site, by no
 * redirect either (`form-action` of the Content-Security-Policy); a page may.
 */
export const goOnFragment = ({ name, url }: { name: string; url: string }): string =>
  render(
    <>
      <Title text="Sign in · Natter" />
      <PageStyle />
      <main class="away">
        <meta http-equiv="refresh" content={`0; url=${url}`} />
        <h1>On to {name}</h1>
        <p class="way-on">
          <a href={url}>Go on</a>
        </p>
      </main>
    </>,
  )

/** Leads to where a header says who somebody is, which begins their session. */
export const signingInFragment = ({ path }: { path: string }): string =>
  render(
    <>
      <Title text="Sign in · Natter" />
      <PageStyle />
      <main class="away">
        <meta http-equiv="refresh" content={`0; url=${path}`} />
        <h1>Signing you in</h1>
        <p class="way-on">
          <a href={path}>Go on</a>
        </p>
      </main>
    </>,
  )

type Failed = { title: string; refusal: Refusal; again: string }

/** Why somebody is not signed in. It does not try again by itself: the provider's word holds once. */
export const failedFragment = ({ title, refusal, again }: Failed): string =>
  render(
    <>
      <Title text={`${title} · Natter`} />
      <PageStyle />
      <main class="away">
        <h1>{title}</h1>
        <Alert refusal={refusal} />
        <p class="way-on">
          <a class="button" href={again}>
            Try again
          </a>
        </p>
        <p class="way-on">
          <a href="/">All rooms</a>
        </p>
      </main>
    </>,
  )
