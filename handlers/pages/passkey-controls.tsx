import { PageScript } from './raw.tsx'

// Passkeys need JavaScript and a secure context: `public/natter/passkeys.js` shows what is hidden here
// where they are there.

/** A way in for whoever has a passkey, beside name and password. */
export const PasskeySignIn = () => (
  <div hidden data-passkeys="there">
    <form method="post" action="/sessions/passkey" data-passkey="get" data-to="/">
      <button type="submit" class="plain">
        Sign in with a passkey
      </button>
    </form>
    <PageScript src="/natter/passkeys.js" />
  </div>
)
