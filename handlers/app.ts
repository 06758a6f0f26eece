import { type Context, Hono } from 'hono'
import { gatherEntries } from './chat/entry.ts'
import { notFound } from './chat/refusal.ts'
import { gatherTokens } from './chat/tokens.ts'
import { bearersOnly } from './http/bearer.ts'
import { onError } from './http/faults.ts'
import { sameOriginOnly } from './http/guards.ts'
import { refuse } from './http/refusals.ts'
import { requestLine } from './http/requests.ts'
import { healthz, readyz } from './ops/health.ts'
import type { Log } from './ops/log.ts'
import { alertFragment } from './pages/alert.tsx'
import { createShell } from './pages/shell.ts'
import { createAccount } from './routes/accounts.ts'
import { byBrowser } from './routes/browser.ts'
import { type Answer, answer } from './routes/context.ts'
import { endDevice, endOtherDevices, showDevices } from './routes/devices.ts'
import { showEntry, useEntry } from './routes/enter.ts'
import { showEvents } from './routes/events.ts'
import { byFormMethod } from './routes/form-method.ts'
import { showFrame } from './routes/frame.ts'
import { changeMe, showMe } from './routes/me.ts'
import { postMessage, readMessages, showMessage } from './routes/messages.ts'
import { changePassword, showPassword } from './routes/password.ts'
import { addPerson, linkPerson, showPeople } from './routes/people.ts'
import { showRoom } from './routes/room.ts'
import { createRoom, showRooms } from './routes/rooms.ts'
import { createSession, endSession } from './routes/sessions.ts'
import { banPerson, changePerson, unbanPerson } from './routes/standing.ts'
import { endToken, makeToken, showTokens } from './routes/tokens.ts'

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
  | 'uses'
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
  const enter = provided.uses.noting(gatherEntries(provided.sql))
  const vars = { ...provided, enter, shell: createShell(shell), alert: alertFragment }
  const entries = Object.entries(vars) as [Provided, never][]

  app.use(requestLine(log))
  app.use((c, next) => {
    for (const [name, value] of entries) c.set(name, value)
    return next()
  })
  app.use(sameOriginOnly)
  app.use(bearersOnly(gatherTokens(provided.sql)))

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
  routeKeys(app)
  app.get('/healthz', healthz)
  app.get('/readyz', readyz(provided.ready))

  app.notFound((c) => refuse(c, notFound('page')))
  app.onError(onError(log))
  return app
}

/** What decides over accounts: how people and their programs are known, and who the people are. */
function routeKeys(app: Hono): void {
  const own = (handler: Answer) => answer(byBrowser(handler))
  app.get('/sessions', own(showDevices))
  app.post('/sessions', own(byFormMethod({ DELETE: endOtherDevices }, createSession)))
  app.delete('/sessions', own(endOtherDevices))
  app.delete('/sessions/current', own(endSession))
  app.post('/sessions/current', own(byFormMethod({ DELETE: endSession })))
  app.delete('/sessions/:id', own(endDevice))
  app.post('/sessions/:id', own(byFormMethod({ DELETE: endDevice })))
  app.get('/tokens', own(showTokens))
  app.post('/tokens', own(makeToken))
  app.delete('/tokens/:id', own(endToken))
  app.post('/tokens/:id', own(byFormMethod({ DELETE: endToken })))
  app.get('/me/password', own(showPassword))
  app.put('/me/password', own(changePassword))
  app.post('/me/password', own(byFormMethod({ PUT: changePassword })))
  app.get('/enter/:token', own(showEntry))
  app.post('/enter/:token', own(useEntry))
  app.get('/people', own(showPeople))
  app.post('/people', own(addPerson))
  app.patch('/people/:id', own(changePerson))
  app.post('/people/:id', own(byFormMethod({ PATCH: changePerson })))
  app.post('/people/:id/link', own(linkPerson))
  app.put('/people/:id/ban', own(banPerson))
  app.delete('/people/:id/ban', own(unbanPerson))
  app.post('/people/:id/ban', own(byFormMethod({ PUT: banPerson, DELETE: unbanPerson })))
}
