/** Signing in at a provider, as a browser goes there and comes back. */
import * as assert from 'uvu/assert'
import { walk } from '../oidc/walk.ts'
import type { Instance } from './app.ts'
import { type Asked, ask, cookieOf, jsonOf, type PersonJson, type Someone } from './ask.ts'

/** Where the provider is asked to lead back to, for requests without a listener. */
export const CALLBACK = 'http://localhost/oidc/callback'

/** Somebody on the way: where Natter sent them, and what their browser keeps. */
export type Attempt = { url: string; cookie: string; by?: Someone | undefined }

/** Follows the link to the provider. */
export async function begin(at: Instance, by?: Someone, to = '/'): Promise<Attempt> {
  const answer = await ask(at.app, `/oidc?to=${encodeURIComponent(to)}`, { form: 'page', by })
  assert.is(answer.status, 302, await answer.clone().text())
  return { url: answer.headers.get('location') ?? '', cookie: attemptIn(answer), by }
}

/** Asks to connect the provider to a member. */
export async function beginLink(at: Instance, by: Someone): Promise<Attempt> {
  const answer = await ask(at.app, '/oidc/link', { by, method: 'POST' })
  assert.is(answer.status, 200, await answer.clone().text())
  return { ...(await jsonOf<{ url: string }>(answer.clone())), cookie: attemptIn(answer), by }
}

const attemptIn = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .find((cookie) => cookie.startsWith('natter_oidc=')) ?? ''

/**
 * Opens the page that the provider leads back to.
 * @param cookie what the browser shows of the attempt
 */
export function comeBack(
  at: Instance,
  came: URL,
  { cookie, by }: Pick<Attempt, 'cookie' | 'by'>,
  asked: Asked = {},
): Promise<Response> {
  const shown = [cookie, by?.cookie].filter((one) => one).join('; ')
  const headers = { cookie: shown, 'sec-fetch-site': 'cross-site', ...asked.headers }
  return ask(at.app, `${came.pathname}${came.search}`, { form: 'page', ...asked, headers })
}

/** The whole way. @returns the answer to who came back */
export async function signIn(
  at: Instance,
  login: string,
  { by, to, back = at }: { by?: Someone; to?: string; back?: Instance } = {},
): Promise<Response> {
  const attempt = await begin(at, by, to)
  return comeBack(back, await walk(attempt.url, login), attempt)
}

/** Who an answer has signed in. */
export async function signedIn(at: Instance, answer: Response): Promise<Someone & PersonJson> {
  assert.is(answer.status, 303, await answer.clone().text())
  const cookie = cookieOf(answer)
  const person = await jsonOf<PersonJson>(ask(at.app, '/me', { headers: { cookie } }))
  return { ...person, cookie }
}
