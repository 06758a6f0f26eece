import type { Refusal } from '../chat/refusal.ts'
import type { NewToken, Token } from '../chat/tokens.ts'
import { limits } from '../limits.ts'
import { Alert } from './alert.tsx'
import { Once, pageFragment, toMe, When } from './page.tsx'

type TokensProps = {
  tokens: Token[]
  /** Made just now. */
  made?: NewToken
  refused?: { refusal: Refusal; typed: { name: string; scope: string } }
}

/** The page of somebody's tokens. */
export const tokensFragment = (props: TokensProps): string =>
  pageFragment(
    'Tokens',
    toMe,
    <>
      {props.made ? <Made {...props.made} /> : ''}
      <section class="panel" aria-label="Your tokens">
        <p class="hint">
          A program that shows a token is you, and may do what the token says. Keep each to one
          program, and end it when you do not need it any more.
        </p>
        {props.tokens.length > 0 ? (
          <ul class="rows">
            {props.tokens.map((token) => (
              <li class="row">
                <TokenText {...token} />
                <End {...token} />
              </li>
            ))}
          </ul>
        ) : (
          <p>You have none yet.</p>
        )}
      </section>
      <NewTokenForm {...props} />
    </>,
  )

const Made = ({ token, secret }: NewToken) => (
  <section class="panel" aria-labelledby="made-title">
    <h2 id="made-title">
      <bdi>{token.name}</bdi> is ready
    </h2>
    <p class="hint">Copy it now. It is not shown again.</p>
    <Once text={secret} />
  </section>
)

const may = { read: 'May read', write: 'May read and write' }

const TokenText = (token: Token) => (
  <span class="row-text">
    <bdi class="row-name">{token.name}</bdi>
    <span class="hint">
      {may[token.scope]}, until <When at={token.expiresAt} />.{' '}
      {token.usedAt ? (
        <>
          Last used <When at={token.usedAt} />
        </>
      ) : (
        'Not used yet'
      )}
    </span>
  </span>
)

const End = ({ id, name }: Token) => (
  <form method="post" action={`/tokens/${id}`}>
    <input type="hidden" name="_method" value="DELETE" />
    <button type="submit" class="plain">
      End<span class="visually-hidden"> {name}</span>
    </button>
  </form>
)

const days = [30, 90, 365]
const DAY_S = 24 * 3600

const NewTokenForm = ({ refused }: TokensProps) => (
  <section class="panel" aria-labelledby="new-title">
    <h2 id="new-title">New token</h2>
    {refused ? <Alert refusal={refused.refusal} /> : ''}
    <form method="post" action="/tokens">
      <label class="field">
        <span>Name</span>
        <input
          name="name"
          value={refused?.typed.name ?? ''}
          required
          autocomplete="off"
          placeholder="Such as: build server"
        />
      </label>
      <div class="fields">
        <label class="field grow">
          <span>It may</span>
          <select name="scope">
            <option value="read">read</option>
            <option value="write" selected={refused?.typed.scope === 'write'}>
              read and write
            </option>
          </select>
        </label>
        <label class="field grow">
          <span>For</span>
          <select name="expires_in">
            {days.map((count) => (
              <option
                value={String(count * DAY_S)}
                selected={count * DAY_S === limits.tokenSecondsDefault}
              >
                {count} days
              </option>
            ))}
          </select>
        </label>
      </div>
      <button type="submit">Make a token</button>
    </form>
  </section>
)

const tokenJson = (token: Token) => ({
  id: token.id,
  name: token.name,
  scope: token.scope,
  created_at: token.madeAt.toISOString(),
  used_at: token.usedAt?.toISOString() ?? null,
  expires_at: token.expiresAt.toISOString(),
})

/** The same for programs. */
export const tokensJson = (tokens: Token[]) => ({ tokens: tokens.map(tokenJson) })

/** A new one, with what is shown once. */
export const newTokenJson = ({ token, secret }: NewToken) => ({
  ...tokenJson(token),
  token: secret,
})

/** A line for each. */
export const tokensText = (tokens: Token[]): string =>
  tokens
    .map(
      (one) => `${one.id} ${one.scope} ${one.expiresAt.toISOString().slice(0, 10)} ${one.name}\n`,
    )
    .join('')
