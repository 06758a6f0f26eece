import { type Context, Hono } from 'hono'
import { gatherEntries } from './chat/entry.ts'
import { notFound } from './chat/refusal.ts'
import { onError } from './http/faults.ts'
import { sameOriginOnly } from './http/guards.ts'
import { refuse } from './http/refusals.ts'
import { requestLine } from './http/requests.ts'
import { healthz, readyz } from './ops/health.ts'
import type { Log } from './ops/log.ts'
import { alertFragment } from './pages/alert.tsx'
import { createShell } from './pages/shell.ts'
import { createAccount } from './routes/accounts.ts'
import { answer } from './routes/context.ts'
import { showEvents } from './routes/events.ts'
import { byFormMethod } from './routes/form-method.ts'
import { showFrame } from './routes/frame.ts'
import { logIn, loginFirst } from './routes/login.ts'
import { changeMe, showMe } from './routes/me.ts'
import { postMessage, readMessages, showMessage } from './routes/messages.ts'
import { showRoom } from './routes/room.ts'
import { createRoom, showRooms } from './routes/rooms.ts'
import { createSession, endSession } from './routes/sessions.ts'
import { beginLink, beginSingleSignOn, finishSingleSignOn } from './routes/single-sign-on.ts'

type Provided =
  | 'sql'
  | 'hub'
  | 'heads'
  | 'known'
  | 'announce'
  | 'writing'
  | 'server'
  | 'secret'
  | 'pace'
  | 'signIns'
  | 'publicUrl'
  | 'provider'
  | 'login'
  | 'ready'

/** What the handlers need of the runtime they run in. */
export type Parts = Pick<Context['var'], Provided> & {
  log: Log
  /** The static shell's file, as text. */
  shell: string
}

/** The whole service: a Web-standard application, the same under Node and at an edge. */
export function createApp({ log, shell, ...provided }: Parts): Hono {
  // A slash at the end of an address is no other address.
  const app = new Hono({ strict: false })
  const enter = gatherEntries(provided.sql)
  const vars = { ...provided, enter, shell: createShell(shell), alert: alertFragment }
  const entries = Object.entries(vars) as [Provided, never][]

  app.use(requestLine(log))
  app.use((c, next) => {
    for (const [name, value] of entries) c.set(name, value)
    return next()
  })
  app.use(sameOriginOnly)
  if (provided.login) app.use(loginFirst)

  app.get('/', answer(showRooms))
  app.post('/rooms', answer(createRoom))
  app.get('/r/:room', answer(showRoom))
  app.get('/r/:room/frame', answer(showFrame))
  app.get('/r/:room/messages', answer(readMessages))
  app.post('/r/:room/messages', answer(postMessage))
  app.get('/r/:room/messages/:n', answer(showMessage))
  app.get('/me', answer(showMe))
  app.patch('/me', answer(changeMe))
  app.post('/me', answer(byFormMethod({ PATCH: changeMe })))
  app.get('/me/events', answer(showEvents))
  app.post('/accounts', answer(createAccount))
  app.post('/sessions', answer(createSession))
  app.delete('/sessions/current', answer(endSession))
  app.post('/sessions/current', answer(byFormMethod({ DELETE: endSession })))
  app.get('/oidc', answer(beginSingleSignOn))
  app.get('/oidc/callback', answer(finishSingleSignOn))
  app.post('/oidc/link', answer(beginLink))
  app.get('/login', answer(logIn))
  app.get('/healthz', healthz)
  app.get('/readyz', readyz(provided.ready))

  app.notFound((c) => refuse(c, notFound('page')))
  app.onError(onError(log))
  return app
}
