import type { Context } from 'hono'
import { readAccountDraft, signOut } from '../chat/accounts.ts'
import { type EntryLink, findEntryLink } from '../chat/entry-links.ts'
import { signInByLink } from '../chat/link-sign-in.ts'
import { becomeOwner } from '../chat/owning.ts'
import { Refusal } from '../chat/refusal.ts'
import { storedKey } from '../chat/secrets.ts'
import type { Opened } from '../chat/sessions.ts'
import { loginOf } from '../chat/text.ts'
import { friendlyColor, friendlyName } from '../chat/words.ts'
import { type Fields, readFields } from '../http/body.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { rememberDevice } from '../http/known-device.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent } from '../http/representation.ts'
import { type EnterProps, enterFragment, enterJson, enterText } from '../pages/enter.tsx'
import { type Asker, announceChange, findAsker } from './browser.ts'
import type { Answer } from './context.ts'
import { showChanged } from './person.ts'

const keyIn = (c: Context): Uint8Array => storedKey(c.req.param('token') ?? '')

/** `GET /enter/{token}`: what a link would do. Looking uses nothing up. */
export const showEntry: Answer = async (c) => {
  const link = await findEntryLink(c.var.sql, keyIn(c))
  if (link instanceof Refusal) return link
  const asker = await findAsker(c)
  return represent(c, {
    json: () => enterJson(link),
    fragment: () => enterFragment(propsOf(c, link, asker)),
    text: () => enterText(link),
  })
}

/** `POST /enter/{token}`: uses it, once, and begins a session. */
export const useEntry: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const key = keyIn(c)
  const link = await findEntryLink(c.var.sql, key)
  // Without the form: it is worth nothing where its link is not.
  if (link instanceof Refusal) return refuse(c, link)
  const asker = await findAsker(c)
  const session = newSession(c, c.var.secret())
  const opened =
    link.purpose === 'sign_in'
      ? await signIn(c, key, link.hasPassword, fields, session)
      : await own(c, key, asker, fields, session)
  if (opened instanceof Refusal) {
    if (formOf(c) !== 'page' || opened.code === 'not_found') return refuse(c, opened)
    return refuse(c, opened, () =>
      enterFragment({ ...propsOf(c, link, asker, fields), refusal: opened }),
    )
  }
  announceChange(c, opened.seq)
  const shown = showChanged(c, opened.person, {}, 201)
  keepSession(c, shown, session.cookie)
  rememberDevice(c, shown, c.var.secret().now, loginOf(opened.person.name))
  return shown
}

type Session = ReturnType<typeof newSession>

/** The session that was shown ends, so that nothing known of it before is worth anything after. */
async function signIn(
  c: Context,
  key: Uint8Array,
  hasPassword: boolean,
  { password = '' }: Fields,
  session: Session,
): Promise<Opened | Refusal> {
  const typed = { password, isNeeded: !hasPassword }
  const opened = await signInByLink(c.var, key, typed, session)
  if (opened instanceof Refusal) return opened
  const before = sessionOf(c, c.var.secret())
  if (before) announceChange(c, await signOut(c.var.sql, before))
  return opened
}

async function own(
  c: Context,
  key: Uint8Array,
  asker: Asker | null,
  fields: Fields,
  session: Session,
): Promise<Opened | Refusal> {
  const person = asker?.person ?? null
  if (person?.kind === 'owner') return new Refusal('conflict', 'You are an owner already.')
  const draft = person?.kind === 'member' ? null : readAccountDraft(fields, person)
  return draft instanceof Refusal ? draft : becomeOwner(c.var, key, asker, draft, session)
}

function propsOf(c: Context, link: EntryLink, asker: Asker | null, typed: Fields = {}): EnterProps {
  const person = asker?.person ?? null
  const suggested = { name: friendlyName(), color: friendlyColor() }
  const { name, color } = person ?? suggested
  const isColor = /^#[0-9a-f]{6}$/i.test(typed.color ?? '')
  const profile = { name: typed.name ?? name, color: isColor ? (typed.color ?? color) : color }
  return { link, person, profile, action: new URL(c.req.url).pathname }
}
