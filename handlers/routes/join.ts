import type { Context } from 'hono'
import { isAdmitted } from '../chat/access.ts'
import { findInvitation, type Invitation } from '../chat/links.ts'
import { type Person, type Profile, readProfile, welcome } from '../chat/people.ts'
import { Refusal } from '../chat/refusal.ts'
import { storedKey } from '../chat/secrets.ts'
import { banned } from '../chat/sessions.ts'
import { friendlyColor, friendlyName } from '../chat/words.ts'
import { type Joined, noLink } from '../chat/writing/joining.ts'
import { readFields } from '../http/body.ts'
import { keepSession, newSession, sessionOf } from '../http/identity.ts'
import { formOf, represent } from '../http/representation.ts'
import { invitationFragment, invitationJson, invitationText } from '../pages/join.tsx'
import { acted, commit } from './acts.ts'
import { type Answer, visitOf } from './context.ts'
import { newcomerFrom } from './newcomer.ts'

/** `GET /join/{token}`: where an invitation leads. Looking at it uses nothing up. */
export const showInvitation: Answer = async (c) => {
  const { person, isBanned, policy } = await visitOf(c)
  if (isBanned) return noLink()
  const invitation = await findInvitation(c.var.sql, linkIn(c), person?.id ?? null)
  if (!invitation) return noLink()
  const token = c.req.param('token') ?? ''
  const suggestion = { name: friendlyName(), color: friendlyColor() }
  const isForGuests = isAdmitted('guest', policy)
  return represent(c, {
    json: () => invitationJson(invitation),
    fragment: () => invitationFragment({ invitation, token, person, suggestion, isForGuests }),
    text: () => invitationText(invitation),
  })
}

/** `POST /join/{token}`: comes in; a visitor with a `name` (and `color`) as a guest. */
export const useInvitation: Answer = async (c) => {
  const visit = await visitOf(c)
  if (visit.isBanned) return banned()
  const link = linkIn(c)
  const invitation = await findInvitation(c.var.sql, link, visit.person?.id ?? null)
  if (!invitation) return noLink()
  const session = sessionOf(c, c.var.secret())
  if (visit.person && session) return come(c, invitation, { person: visit.person, session, link })
  return comeAsGuest(c, invitation, link)
}

const linkIn = (c: Context): Uint8Array => storedKey(c.req.param('token') ?? '')

async function comeAsGuest(
  c: Context,
  invitation: Invitation,
  link: Uint8Array,
): Promise<Response | Refusal> {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const profile: Profile | Refusal = readProfile(fields, null)
  if (profile instanceof Refusal) return profile
  const session = newSession(c, c.var.secret())
  const newcomer = await newcomerFrom(c, link)
  if (newcomer instanceof Refusal) return newcomer
  const person = await welcome(c.var.sql, profile, session, newcomer)
  if (person instanceof Refusal) return person
  const shown = await come(c, invitation, { person, session: session.key, link })
  if (shown instanceof Refusal) return shown
  keepSession(c, shown, session.cookie)
  return shown
}

type Coming = { person: Person; session: Uint8Array; link: Uint8Array }

async function come(
  c: Context,
  invitation: Invitation,
  coming: Coming,
): Promise<Response | Refusal> {
  const joined = await join(c, invitation, coming)
  if (joined instanceof Refusal) return joined
  const location = `/r/${invitation.slug}`
  const status = formOf(c) === 'page' ? undefined : { status: 201 as const, headers: { location } }
  return acted(
    c,
    location,
    {
      json: () => ({ ...invitationJson(invitation), role: joined.role }),
      fragment: () => '',
      text: () => `${location}\n`,
    },
    status,
  )
}

/** Lets somebody in by a link. */
export const join = (
  c: Context,
  { roomId }: Invitation,
  { person, session, link }: Coming,
): Promise<Joined | Refusal> =>
  commit(c, { kind: 'joining', roomId, personId: person.id, session, link })
