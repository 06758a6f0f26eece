import { type Context, Hono } from 'hono'
import { gatherEntries } from './chat/entry.ts'
import { notFound } from './chat/refusal.ts'
import { gatherTokens } from './chat/tokens.ts'
import { bearersOnly } from './http/bearer.ts'
import { onError } from './http/faults.ts'
import { sameOriginOnly } from './http/guards.ts'
import { renewSession } from './http/identity.ts'
import { refuse } from './http/refusals.ts'
import { requestLine } from './http/requests.ts'
import { healthz, readyz } from './ops/health.ts'
import type { Log } from './ops/log.ts'
import { alertFragment } from './pages/alert.tsx'
import { createShell } from './pages/shell.ts'
import { createAccount } from './routes/accounts.ts'
import { showAudit, showRoomAudit } from './routes/audit.ts'
import { ban, showBans, unban } from './routes/bans.ts'
import { byBrowser } from './routes/browser.ts'
import { type Answer, answer } from './routes/context.ts'
import { addEmoji, removeEmoji, showEmoji, showEmojiPicture } from './routes/custom-emoji.ts'
import { endDevice, endOtherDevices, showDevices } from './routes/devices.ts'
import { createDirect } from './routes/directs.ts'
import { showEntry, useEntry } from './routes/enter.ts'
import { showEvents } from './routes/events.ts'
import { showFile, showPreview } from './routes/files.ts'
import { byFormMethod } from './routes/form-method.ts'
import { showFrame } from './routes/frame.ts'
import { showInvitation, useInvitation } from './routes/join.ts'
import { createLink, removeLink, showLinks } from './routes/links.ts'
import { logIn, loginFirst } from './routes/login.ts'
import { changeMe, showMe } from './routes/me.ts'
import { putMember, removeMember, showMember, showMembers } from './routes/members.ts'
import {
  changeMessage,
  deleteMessage,
  pin,
  react,
  saveMessage,
  toggleReaction,
  unpin,
  unreact,
  unsaveMessage,
} from './routes/message-acts.ts'
import { postMessage, readMessages, showMessage } from './routes/messages.ts'
import { createPasskeySession, optionsToSignIn } from './routes/passkey-sessions.ts'
import { createPasskey, deletePasskey, optionsToAdd, showPasskeys } from './routes/passkeys.ts'
import { changePassword, showPassword } from './routes/password.ts'
import { addPerson, linkPerson, showPeople } from './routes/people.ts'
import { changePolicy, showPolicy } from './routes/policy.ts'
import { putRead } from './routes/read.ts'
import { createReport, removeReport, showReports } from './routes/reports.ts'
import { showRoom } from './routes/room.ts'
import { createRoom, showRooms } from './routes/rooms.ts'
import { showSearch } from './routes/search.ts'
import { createSession, endSession } from './routes/sessions.ts'
import { changeRoom, showSettings } from './routes/settings.ts'
import { beginLink, beginSingleSignOn, finishSingleSignOn } from './routes/single-sign-on.ts'
import { banPerson, changePerson, unbanPerson } from './routes/standing.ts'
import { showDays, showEdits, showPins, showSaved, showThread } from './routes/talk-pages.ts'
import { endToken, makeToken, showTokens } from './routes/tokens.ts'
import { putTyping } from './routes/typing.ts'
import { postFiles } from './routes/upload.ts'

type Provided =
  | 'sql'
  | 'searchSql'
  | 'hub'
  | 'heads'
  | 'known'
  | 'hinting'
  | 'announce'
  | 'writing'
  | 'server'
  | 'secret'
  | 'passwords'
  | 'pace'
  | 'paces'
  | 'searches'
  | 'placeOf'
  | 'signIns'
  | 'publicUrl'
  | 'provider'
  | 'login'
  | 'uses'
  | 'files'
  | 'reads'
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
  app.use((c, next) => {
    const secret = provided.secret()
    if (secret.before === undefined) return next()
    return next().then(() => renewSession(c, c.res, secret))
  })
  if (provided.login) app.use(loginFirst)
  app.use(bearersOnly(gatherTokens(provided.sql)))

  roomRoutes(app)
  talkRoutes(app)
  peopleRoutes(app)
  serverRoutes(app)
  keyRoutes(app)
  app.get('/healthz', healthz)
  app.get('/readyz', readyz(provided.ready))

  app.notFound((c) => refuse(c, notFound('page')))
  app.onError(onError(log))
  return app
}

/** Rooms, who is in them, and the ways in. */
function roomRoutes(app: Hono): void {
  app.get('/', answer(showRooms))
  app.post('/rooms', answer(createRoom))
  app.get('/r/:room', answer(showRoom))
  app.patch('/r/:room', answer(changeRoom))
  app.post('/r/:room', answer(byFormMethod({ PATCH: changeRoom })))
  app.get('/r/:room/settings', answer(showSettings))
  app.get('/r/:room/reports', answer(showReports))
  app.delete('/r/:room/reports/:id', answer(removeReport))
  app.post('/r/:room/reports/:id', answer(byFormMethod({ DELETE: removeReport })))
  app.get('/r/:room/members', answer(showMembers))
  app.get('/r/:room/members/:person', answer(showMember))
  app.put('/r/:room/members/:person', answer(putMember))
  app.delete('/r/:room/members/:person', answer(removeMember))
  app.post(
    '/r/:room/members/:person',
    answer(byFormMethod({ PUT: putMember, DELETE: removeMember })),
  )
  app.get('/r/:room/bans', answer(showBans))
  app.put('/r/:room/bans/:person', answer(ban))
  app.delete('/r/:room/bans/:person', answer(unban))
  app.post('/r/:room/bans/:person', answer(byFormMethod({ PUT: ban, DELETE: unban })))
  app.get('/r/:room/links', answer(showLinks))
  app.post('/r/:room/links', answer(createLink))
  app.delete('/r/:room/links/:id', answer(removeLink))
  app.post('/r/:room/links/:id', answer(byFormMethod({ DELETE: removeLink })))
  app.get('/r/:room/audit', answer(showRoomAudit))
  app.get('/join/:token', answer(showInvitation))
  app.post('/join/:token', answer(useInvitation))
  app.post('/directs', answer(createDirect))
}

/** What is said in a room. */
function talkRoutes(app: Hono): void {
  app.get('/r/:room/frame', answer(showFrame))
  app.put('/r/:room/read', answer(putRead))
  app.post('/r/:room/read', answer(byFormMethod({ PUT: putRead })))
  app.put('/r/:room/typing', answer(putTyping))
  app.get('/r/:room/messages', answer(readMessages))
  app.post('/r/:room/messages', answer(postMessage))
  app.get('/r/:room/messages/:n', answer(showMessage))
  app.patch('/r/:room/messages/:n', answer(changeMessage))
  app.delete('/r/:room/messages/:n', answer(deleteMessage))
  app.post(
    '/r/:room/messages/:n',
    answer(byFormMethod({ PATCH: changeMessage, DELETE: deleteMessage })),
  )
  app.get('/r/:room/messages/:n/edits', answer(showEdits))
  app.get('/r/:room/messages/:n/thread', answer(showThread))
  app.post('/r/:room/messages/:n/reactions', answer(toggleReaction))
  app.put('/r/:room/messages/:n/reactions/:emoji', answer(react))
  app.delete('/r/:room/messages/:n/reactions/:emoji', answer(unreact))
  app.put('/r/:room/messages/:n/pin', answer(pin))
  app.delete('/r/:room/messages/:n/pin', answer(unpin))
  app.post('/r/:room/messages/:n/pin', answer(byFormMethod({ PUT: pin, DELETE: unpin })))
  app.put('/r/:room/messages/:n/saved', answer(saveMessage))
  app.delete('/r/:room/messages/:n/saved', answer(unsaveMessage))
  app.post(
    '/r/:room/messages/:n/saved',
    answer(byFormMethod({ PUT: saveMessage, DELETE: unsaveMessage })),
  )
  app.get('/r/:room/pins', answer(showPins))
  app.get('/r/:room/days', answer(showDays))
  app.get('/saved', answer(showSaved))
  app.post('/r/:room/messages/:n/reports', answer(createReport))
  app.post('/r/:room/files', answer(postFiles))
  app.get('/files/:id/:name', answer(showFile))
  app.get('/previews/:id', answer(showPreview))
  app.get('/search', answer(showSearch))
  app.get('/emoji', answer(showEmoji))
  app.post('/emoji', answer(addEmoji))
  app.get('/emoji/:name', answer(showEmojiPicture))
  app.delete('/emoji/:name', answer(removeEmoji))
  app.post('/emoji/:name', answer(byFormMethod({ DELETE: removeEmoji })))
}

/** Who I am, and what I sign in with. */
function peopleRoutes(app: Hono): void {
  app.get('/me', answer(showMe))
  app.patch('/me', own(changeMe))
  app.post('/me', own(byFormMethod({ PATCH: changeMe })))
  app.get('/me/events', answer(showEvents))
  app.post('/accounts', own(createAccount))
  app.post('/challenges/sessions/passkey', answer(optionsToSignIn))
  app.post('/sessions/passkey', answer(createPasskeySession))
  app.get('/passkeys', own(showPasskeys))
  app.post('/challenges/passkeys', own(optionsToAdd))
  app.post('/passkeys', own(createPasskey))
  app.delete('/passkeys/:id', own(deletePasskey))
  app.post('/passkeys/:id', own(byFormMethod({ DELETE: deletePasskey })))
  app.get('/oidc', answer(beginSingleSignOn))
  app.get('/oidc/callback', answer(finishSingleSignOn))
  app.post('/oidc/link', own(beginLink))
  app.get('/login', answer(logIn))
}

/** What is the owner’s of the server. */
function serverRoutes(app: Hono): void {
  app.get('/policy', own(showPolicy))
  app.patch('/policy', own(changePolicy))
  app.post('/policy', own(byFormMethod({ PATCH: changePolicy })))
  app.get('/audit', answer(showAudit))
}

const own = (handler: Answer) => answer(byBrowser(handler))

/** What decides over accounts: how people and their programs are known, and who the people are. */
function keyRoutes(app: Hono): void {
  app.post('/sessions', own(createSession))
  app.get('/devices', own(showDevices))
  app.delete('/devices', own(endOtherDevices))
  app.post('/devices', own(byFormMethod({ DELETE: endOtherDevices })))
  app.delete('/sessions/current', own(endSession))
  app.post('/sessions/current', own(byFormMethod({ DELETE: endSession })))
  app.delete('/devices/:id', own(endDevice))
  app.post('/devices/:id', own(byFormMethod({ DELETE: endDevice })))
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
