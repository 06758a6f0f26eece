import type { Context } from 'hono'
import { signIn, signOut } from '../chat/accounts.ts'
import type { NewSession } from '../chat/people.ts'
import { invalid, Refusal } from '../chat/refusal.ts'
import type { Opened } from '../chat/sessions.ts'
import { lineField, loginOf } from '../chat/text.ts'
import { type Fields, readFields } from '../http/body.ts'
import { dropSession, keepSession, newSession, sessionOf } from '../http/identity.ts'
import { knownDevice, rememberDevice } from '../http/known-device.ts'
import { limits } from '../limits.ts'
import { SERVER_LOG } from '../live/log.ts'
import { type Answer, whoAsks } from './context.ts'
import { refuseChange, showChanged } from './person.ts'

/** `POST /sessions`: sign in by name and password. */
export const createSession: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const session = newSession(c, c.var.secret())
  const entered = await enter(c, fields, session)
  if (entered instanceof Refusal) {
    const person = await whoAsks(c)
    return refuseChange(c, entered, { person, fields, form: 'session' })
  }
  if (entered.seq !== null) c.var.announce(SERVER_LOG, entered.seq)
  const shown = showChanged(c, entered.person, fields, 201)
  keepSession(c, shown, session.cookie)
  rememberDevice(c, shown, c.var.secret().now, loginOf(entered.person.name))
  return shown
}

async function enter(c: Context, fields: Fields, session: NewSession): Promise<Opened | Refusal> {
  const { name = '', password = '' } = fields
  // Nobody has a longer one, and what is counted is kept in memory.
  const { line, problem } = lineField(name, 'A name', 1, limits.nameChars)
  if (line === undefined) return invalid({ name: problem })
  const login = loginOf(line)
  const device = knownDevice(c, c.var.secret().now, login)
  const tooOften = await triedTooOften(c, login, device)
  if (tooOften) return tooOften
  const before = sessionOf(c, c.var.secret())
  return signIn(c.var, { name, password }, session, before, device !== null)
}

/**
 * Whoever tries from a device that was signed in to the account before is counted by that device,
 * so that nobody can lock them out from elsewhere. All others count together, by the account and by
 * where they are. Whose name it is does not matter: a name that nobody has is as slow to try.
 */
async function triedTooOften(
  c: Context,
  login: string,
  device: string | null,
): Promise<Refusal | null> {
  if (device !== null) return c.var.signIns(device)
  return (await c.var.paces.signIns(c.var.placeOf(c))) ?? c.var.signIns(login)
}

/** `DELETE /sessions/current`: sign out. Who is signed out already stays so. */
export const endSession: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const session = sessionOf(c, c.var.secret())
  const seq = session ? await signOut(c.var.sql, session) : null
  if (seq !== null) c.var.announce(SERVER_LOG, seq)
  const shown = showChanged(c, null, fields)
  dropSession(c, shown)
  return shown
}
