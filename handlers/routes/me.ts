import type { Context } from 'hono'
import { type Person, type Profile, readProfile, rename, welcome } from '../chat/people.ts'
import { Refusal } from '../chat/refusal.ts'
import { friendlyColor, friendlyName } from '../chat/words.ts'
import { type Fields, readFields } from '../http/body.ts'
import { keepSession, newSession } from '../http/identity.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { SERVER_LOG } from '../live/log.ts'
import { meFragment, meJson } from '../pages/me.tsx'
import { type Answer, whoAsks } from './context.ts'

/** `GET /me`: who I am. */
export const showMe: Answer = async (c) => showPerson(c, await whoAsks(c))

/** `PATCH /me`: a name and a colour; makes a guest of a visitor. */
export const changeMe: Answer = async (c) => {
  const person = await whoAsks(c)
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const profile = readProfile(fields, person)
  if (profile instanceof Refusal) {
    if (formOf(c) !== 'page') return profile
    return refuse(c, profile, () =>
      meFragment({ person, profile: typed(fields, person), refusal: profile }),
    )
  }
  if (person) return showChanged(c, await renamePerson(c, person, profile), fields)
  const session = newSession(c.var.secret())
  const guest = await welcome(c.var.sql, profile, session.key)
  const shown = showChanged(c, guest, fields)
  keepSession(c, shown, session.cookie)
  return shown
}

const showChanged = (c: Context, person: Person, { to }: Fields): Response =>
  formOf(c) === 'page' ? seeOther(backTo(to)) : showPerson(c, person)

async function renamePerson(c: Context, standing: Person, profile: Profile): Promise<Person> {
  const { person, seq } = await rename(c.var.sql, standing, profile)
  if (seq !== null) c.var.announce(SERVER_LOG, seq)
  return person
}

function showPerson(c: Context, person: Person | null): Response {
  const suggestion = { name: friendlyName(), color: friendlyColor() }
  return represent(c, {
    json: () => meJson(person, suggestion),
    fragment: () => meFragment({ person, profile: person ?? suggestion }),
    text: () => `${person ? person.name : 'visitor'}\n`,
  })
}

/** What was typed, as far as a form can show it again: a colour field takes colours only. */
const typed = (fields: Fields, person: Person | null): Profile => ({
  name: fields.name ?? person?.name ?? '',
  color: /^#[0-9a-f]{6}$/i.test(fields.color ?? '') ? (fields.color ?? '') : friendlyColor(),
})

/** A form may name the room it came from, and nothing that could lead elsewhere. */
const backTo = (path: string | undefined): string =>
  path && /^\/(r\/[a-z0-9-]+)?$/.test(path) ? path : '/'
