import type { Context } from 'hono'
import { signIn, signOut } from '../chat/accounts.ts'
import type { Person } from '../chat/people.ts'
import { invalid, Refusal } from '../chat/refusal.ts'
import { loginOf } from '../chat/text.ts'
import { type Fields, readFields } from '../http/body.ts'
import { dropSession, keepSession, newSession, sessionOf } from '../http/identity.ts'
import { SERVER_LOG } from '../live/log.ts'
import { type Answer, whoAsks } from './context.ts'
import { refuseChange, showChanged } from './person.ts'

/** `POST /sessions`: sign in by name and password. */
export const createSession: Answer = async (c) => {
  const person = await whoAsks(c)
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const session = newSession(c.var.secret())
  const member = await enter(c, fields, session.key)
  if (member instanceof Refusal) {
    return refuseChange(c, member, { person, fields, form: 'session' })
  }
  const shown = showChanged(c, member, fields, 201)
  keepSession(c, shown, session.cookie)
  return shown
}

async function enter(c: Context, fields: Fields, session: Uint8Array): Promise<Person | Refusal> {
  const { name = '', password = '' } = fields
  const login = loginOf(name)
  if (login === '') return invalid({ name: 'A name is missing.' })
  // Whose name it is does not matter: a name that nobody has is as slow to try.
  const tooOften = await c.var.signIns(login)
  if (tooOften) return tooOften
  const before = sessionOf(c, c.var.secret())
  return signIn(c.var.sql, { name, password }, session, before)
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
