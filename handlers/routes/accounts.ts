import type { Context } from 'hono'
import { type AccountDraft, type Guest, openAccount, readAccountDraft } from '../chat/accounts.ts'
import { findInvitation } from '../chat/links.ts'
import type { NewSession, Person } from '../chat/people.ts'
import { Refusal } from '../chat/refusal.ts'
import { storedKey } from '../chat/secrets.ts'
import { banned, type Opened } from '../chat/sessions.ts'
import { loginOf } from '../chat/text.ts'
import { hashedAddress } from '../http/address.ts'
import { type Fields, readFields } from '../http/body.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { rememberDevice } from '../http/known-device.ts'
import { SERVER_LOG } from '../live/log.ts'
import { type Answer, visitOf } from './context.ts'
import { join } from './join.ts'
import { refuseChange, showChanged } from './person.ts'

/** `POST /accounts`: an account, or one for the guest that I am. */
export const createAccount: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const { person, isBanned } = await visitOf(c)
  if (isBanned) return banned()
  const draft = readAccountDraft(fields, person)
  const session = newSession(c, c.var.secret())
  const guest = person && { person, session: sessionOf(c, c.var.secret()) }
  const opened = draft instanceof Refusal ? draft : await open(c, guest, draft, session, fields)
  if (opened instanceof Refusal) {
    return refuseChange(c, opened, { person, fields, form: 'account' })
  }
  if (opened.seq !== null) c.var.announce(SERVER_LOG, opened.seq)
  // The account is there, whatever becomes of the invitation.
  if (fields.invite) await comeBy(c, fields.invite, opened.person, session.key)
  const shown = showChanged(c, opened.person, fields, 201)
  keepSession(c, shown, session.cookie)
  rememberDevice(c, shown, c.var.secret().now, loginOf(opened.person.name))
  return shown
}

async function open(
  c: Context,
  guest: Guest | null,
  draft: AccountDraft,
  session: NewSession,
  { invite }: Fields,
): Promise<Opened | Refusal> {
  const tooOften = await c.var.paces.accounts(c.var.placeOf(c))
  if (tooOften) return tooOften
  const link = invite ? storedKey(invite) : null
  const address = hashedAddress(c.var.placeOf(c), c.var.server().addressKey)
  return openAccount(c.var, guest, draft, session, { link, address })
}

async function comeBy(
  c: Context,
  token: string,
  person: Person,
  session: Uint8Array,
): Promise<void> {
  const link = storedKey(token)
  const invitation = await findInvitation(c.var.sql, link, person.id)
  if (invitation) await join(c, invitation, { person, session, link })
}
