import type { Context, MiddlewareHandler } from 'hono'
import { HEADER, isSessionOf, signInAs } from '../chat/identities.ts'
import { notFound, Refusal } from '../chat/refusal.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { SERVER_LOG } from '../live/log.ts'
import { signingInFragment } from '../pages/single-sign-on.tsx'
import { type Answer, answer, whoAsks } from './context.ts'
import { backTo } from './person.ts'

/** `GET /login`: begins a session of whoever the proxy in front says it is. */
export const logIn: Answer = async (c) => {
  const subject = c.var.login?.(c)
  if (subject === undefined) return notFound('page')
  if (subject === null)
    return new Refusal('sign_in', 'Nothing in front of this server says who you are.')
  if (subject instanceof Refusal) return subject
  const to = backTo(c.req.query('to'))
  if (await isTheirs(c, subject)) return seeOther(to)
  // A browser that keeps no cookie would come by here for ever. No name begins with a blank.
  const tooOften = await c.var.signIns(` ${subject}`)
  if (tooOften) return tooOften
  const session = newSession(c, c.var.secret())
  const shown = { person: await whoAsks(c), session: sessionOf(c, c.var.secret()) }
  const identity = { issuer: HEADER, subject, names: [subject] }
  const opened = await signInAs(c.var.sql, identity, shown, session)
  if (opened instanceof Refusal) return opened
  if (opened.seq !== null) c.var.announce(SERVER_LOG, opened.seq)
  const shownOn = seeOther(to)
  keepSession(c, shownOn, session.cookie)
  return shownOn
}

/**
 * Sends a browser to `/login` first where the proxy says that it is somebody else's than its session.
 * A page leads there, since the proxy composes pages of fragments, whose cookies reach no browser.
 */
export const loginFirst: MiddlewareHandler = async (c, next) => {
  const subject = opensPage(c) ? c.var.login?.(c) : null
  if (typeof subject !== 'string') return next()
  return answer(async () => {
    if (!(await isTheirs(c, subject))) return leadToLogin(c)
    await next()
    return c.res
  })(c)
}

const isTheirs = (c: Context, subject: string): Promise<boolean> =>
  isSessionOf(c.var.sql, sessionOf(c, c.var.secret()), { issuer: HEADER, subject })

/** The addresses that nginx serves as pages (nginx/snippets/routes.conf). */
const page = /^\/(?:search|me|rooms\/new|join\/[\w-]+|r\/[\w-]+(?:\/messages(?:\/\d+)?)?)?\/?$/

/** Whether a browser opens a page: htmx, which asks for parts of one, says on which page it is. */
const opensPage = (c: Context): boolean =>
  c.req.method === 'GET' &&
  ['page', 'fragment'].includes(formOf(c)) &&
  c.req.header('hx-current-url') === undefined &&
  page.test(c.req.path) &&
  c.req.query('after') === undefined

function leadToLogin(c: Context): Response {
  const path = `/login?to=${encodeURIComponent(backTo(c.req.path))}`
  return represent(c, {
    json: () => ({}),
    fragment: () => signingInFragment({ path }),
    text: () => '',
  })
}
