import type { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { Alert } from './alert.tsx'
import { pageFragment, toMe } from './page.tsx'
import { PasswordField } from './person.tsx'

type Props = { isSet: boolean; refusal?: Refusal }

/** The page on which somebody takes another password. */
export const passwordFragment = ({ isSet, refusal }: Props): string =>
  pageFragment(
    'Password',
    toMe,
    <section class="panel" aria-label="Password">
      {refusal ? <Alert refusal={refusal} /> : ''}
      <p class="hint">
        A password has at least {limits.passwordCharsMin} characters; a few words do well. A new one
        signs you out everywhere else, and ends your tokens.
      </p>
      <form method="post" action="/me/password">
        <input type="hidden" name="_method" value="PUT" />
        {isSet ? <PasswordField kind="current" name="current" label="Password as it is now" /> : ''}
        <PasswordField kind="new" label="New password" />
        <button type="submit">{isSet ? 'Change it' : 'Set it'}</button>
      </form>
    </section>,
  )
