import type { Context } from 'hono'
import { nameTaken } from '../chat/accounts.ts'
import { issuersOf } from '../chat/identities.ts'
import { type Person, type Profile, readProfile, rename, welcome } from '../chat/people.ts'
import { invalid, Refusal } from '../chat/refusal.ts'
import { banned } from '../chat/sessions.ts'
import { setHints } from '../chat/typing.ts'
import { readFields } from '../http/body.ts'
import { keepSession, newSession } from '../http/identity.ts'
import { SERVER_LOG } from '../live/log.ts'
import { type Answer, visitOf } from './context.ts'
import { newcomerFrom } from './newcomer.ts'
import { refuseChange, showChanged, showPerson } from './person.ts'

/** `GET /me`: who I am. */
export const showMe: Answer = async (c) => {
  const { person, hints } = await visitOf(c)
  return showPerson(c, person, 200, { isConnected: await isConnected(c, person), hints })
}

async function isConnected(c: Context, person: Person | null): Promise<boolean | undefined> {
  const { provider } = c.var
  if (!provider || !person) return undefined
  const issuers = await issuersOf(c.var.sql, person)
  // A provider may write its own address without the slash at its end.
  return issuers.some((issuer) => URL.canParse(issuer) && isSameUrl(issuer, provider.issuer))
}

const isSameUrl = (one: string, other: string) => new URL(one).href === new URL(other).href

/**
 * `PATCH /me`: a name and a colour; makes a guest of a visitor. With `hints` whether others are told
 * that one is here and types.
 */
export const changeMe: Answer = async (c) => {
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const { person, isBanned } = await visitOf(c)
  if (isBanned) return banned()
  const profile = readProfile(fields, person)
  const hints = readHints(fields.hints)
  if (hints instanceof Refusal) return hints
  if (profile instanceof Refusal)
    return refuseChange(c, profile, { person, fields, form: 'profile' })
  if (person) {
    const renamed = await renamePerson(c, person, profile)
    if (hints !== undefined && !(renamed instanceof Refusal)) await showHints(c, person, hints)
    if (!(renamed instanceof Refusal)) return showChanged(c, renamed, fields)
    return refuseChange(c, renamed, { person, fields, form: 'profile' })
  }
  const guest = await makeGuest(c, profile)
  if (guest instanceof Refusal) return refuseChange(c, guest, { person, fields, form: 'profile' })
  const shown = showChanged(c, guest.person, fields)
  keepSession(c, shown, guest.cookie)
  return shown
}

function readHints(text: string | undefined): boolean | undefined | Refusal {
  if (text === undefined) return undefined
  if (text === 'true' || text === 'false') return text === 'true'
  return invalid({ hints: 'hints is true or false.' })
}

async function showHints(c: Context, { id }: Person, hints: boolean): Promise<void> {
  const seq = await setHints(c.var.sql, id, hints)
  if (seq !== null) c.var.announce(SERVER_LOG, seq)
}

async function makeGuest(c: Context, profile: Profile) {
  const newcomer = await newcomerFrom(c, null)
  if (newcomer instanceof Refusal) return newcomer
  const session = newSession(c, c.var.secret())
  const person = await welcome(c.var.sql, profile, session, newcomer)
  return person instanceof Refusal ? person : { person, cookie: session.cookie }
}

async function renamePerson(
  c: Context,
  standing: Person,
  profile: Profile,
): Promise<Person | Refusal> {
  const tooOften = await c.var.pace(standing.id)
  if (tooOften) return tooOften
  const renamed = await rename(c.var.sql, standing, profile).catch(nameTaken(profile.name))
  if (renamed instanceof Refusal) return renamed
  if (renamed.seq !== null) c.var.announce(SERVER_LOG, renamed.seq)
  return renamed.person
}
