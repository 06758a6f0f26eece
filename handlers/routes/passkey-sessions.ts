import { offerSignIn, signInByPasskey } from '../chat/passkey-sessions.ts'
import { Refusal } from '../chat/refusal.ts'
import { readFields } from '../http/body.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { SERVER_LOG } from '../live/log.ts'
import type { Answer } from './context.ts'
import { showOptions, siteOf } from './passkeys.ts'
import { showChanged } from './person.ts'

/** `POST /challenges/sessions/passkey`: what a browser signs in with. */
export const optionsToSignIn: Answer = async (c) =>
  showOptions(c, await offerSignIn(c.var.sql, siteOf(c)))

/** `POST /sessions/passkey`: sign in by a passkey, without a name. */
export const createPasskeySession: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const session = newSession(c, c.var.secret())
  const shown = { credential: fields.credential, site: siteOf(c) }
  const before = sessionOf(c, c.var.secret())
  const opened = await signInByPasskey(c.var.sql, shown, session, before)
  if (opened instanceof Refusal) return opened
  if (opened.seq !== null) c.var.announce(SERVER_LOG, opened.seq)
  const answer = showChanged(c, opened.person, fields, 201)
  keepSession(c, answer, session.cookie)
  return answer
}
