import { openAccount, readAccountDraft } from '../chat/accounts.ts'
import { Refusal } from '../chat/refusal.ts'
import { readFields } from '../http/body.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { SERVER_LOG } from '../live/log.ts'
import { type Answer, whoAsks } from './context.ts'
import { refuseChange, showChanged } from './person.ts'

/** `POST /accounts`: an account, or one for the guest that I am. */
export const createAccount: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const person = await whoAsks(c)
  const draft = readAccountDraft(fields, person)
  const session = newSession(c, c.var.secret())
  const guest = person && { person, session: sessionOf(c, c.var.secret()) }
  const opened =
    draft instanceof Refusal ? draft : await openAccount(c.var.sql, guest, draft, session)
  if (opened instanceof Refusal) {
    return refuseChange(c, opened, { person, fields, form: 'account' })
  }
  if (opened.seq !== null) c.var.announce(SERVER_LOG, opened.seq)
  const shown = showChanged(c, opened.person, fields, 201)
  keepSession(c, shown, session.cookie)
  return shown
}
