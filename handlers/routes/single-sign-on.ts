import type { Context } from 'hono'
import { type Identity, linkIdentity, signInAs } from '../chat/identities.ts'
import type { NewSession, Person } from '../chat/people.ts'
import { notFound, Refusal } from '../chat/refusal.ts'
import type { Opened } from '../chat/sessions.ts'
import { type Attempt, dropAttempt, isSame, keepAttempt, readAttempt } from '../http/attempt.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { isFromElsewhere, originOf } from '../http/outside.ts'
import { refuse } from '../http/refusals.ts'
import { represent, seeOther } from '../http/representation.ts'
import { SERVER_LOG } from '../live/log.ts'
import { failedFragment, goOnFragment } from '../pages/single-sign-on.tsx'
import { type Answer, whoAsks } from './context.ts'
import { backTo } from './person.ts'

/** `GET /oidc`: on to the provider. */
export const beginSingleSignOn: Answer = async (c) => {
  if (!c.var.provider) return notFound('page')
  const to = backTo(c.req.query('to'))
  // Another site's page may not make somebody into somebody else.
  if (isFromElsewhere(c) && (await whoAsks(c))) return seeOther('/me')
  const begun = await c.var.provider.begin(redirectUri(c))
  if (begun instanceof Refusal) return failed(c, begun, { to, link: null })
  c.header('cache-control', 'private, no-store')
  const answer = c.redirect(begun.url)
  keepAttempt(c, answer, { ...begun.words, to, link: null }, c.var.secret().now)
  return answer
}

/** `POST /oidc/link`: the same for a member, who wants to sign in that way from then on. */
export const beginLink: Answer = async (c) => {
  const { provider } = c.var
  if (!provider) return notFound('page')
  const person = await whoAsks(c)
  if (!isMember(person)) return new Refusal('sign_in', 'Sign in first, then connect.')
  const begun = await provider.begin(redirectUri(c))
  if (begun instanceof Refusal) return failed(c, begun, { to: '/me', link: person.id })
  const { url, words } = begun
  const answer = represent(c, {
    json: () => ({ url }),
    fragment: () => goOnFragment({ name: provider.name, url }),
    text: () => `${url}\n`,
  })
  keepAttempt(c, answer, { ...words, to: '/me', link: person.id }, c.var.secret().now)
  return answer
}

/** `GET /oidc/callback`: back from the provider. */
export const finishSingleSignOn: Answer = async (c) => {
  if (!c.var.provider) return notFound('page')
  const attempt = readAttempt(c, c.var.secret().now)
  if (!attempt || !isSame(c.req.query('state') ?? '', attempt.state)) {
    return failed(c, stray(), attempt ?? { to: '/me', link: null })
  }
  const came = new URL(new URL(c.req.url).search, redirectUri(c))
  const identity = await c.var.provider.finish(came, attempt)
  const session = newSession(c, c.var.secret())
  const opened = identity instanceof Refusal ? identity : await open(c, identity, attempt, session)
  const answer =
    opened instanceof Refusal ? failed(c, opened, attempt) : seeOther(backTo(attempt.to))
  if (!(opened instanceof Refusal)) {
    if (opened.seq !== null) c.var.announce(SERVER_LOG, opened.seq)
    keepSession(c, answer, session.cookie)
  }
  dropAttempt(c, answer)
  return answer
}

const redirectUri = (c: Context): string => `${c.var.publicUrl ?? originOf(c)}/oidc/callback`

const isMember = (person: Person | null): person is Person =>
  person !== null && person.kind !== 'guest'

/** An attempt to connect is that of the member who began it, and nobody else's. */
async function open(
  c: Context,
  identity: Identity,
  { link }: Attempt,
  session: NewSession,
): Promise<Opened | Refusal> {
  const person = await whoAsks(c)
  const shown = sessionOf(c, c.var.secret())
  if (link === null) return signInAs(c.var.sql, identity, { person, session: shown }, session)
  if (person?.id === link)
    return linkIdentity(c.var.sql, identity, { person, session: shown }, session)
  return new Refusal('conflict', 'You have signed out meanwhile. Sign in, then connect.')
}

/** It took too long, or was begun by somebody else. */
const stray = () => new Refusal('sign_in', 'This took too long, or was not begun in this browser.')

function failed(
  c: Context,
  refusal: Refusal,
  { to, link }: Pick<Attempt, 'to' | 'link'>,
): Response {
  const again = link === null ? `/oidc?to=${encodeURIComponent(backTo(to))}` : '/me'
  const title = link === null ? 'You are not signed in' : 'Not connected'
  return refuse(c, refusal, () => failedFragment({ title, refusal, again }))
}
