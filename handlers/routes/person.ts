import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Person } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import { friendlyColor, friendlyName } from '../chat/words.ts'
import type { Fields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { type MeForm, meFragment, meJson } from '../pages/me.tsx'

/** Who somebody is, in the form that was asked for. */
export function showPerson(
  c: Context,
  person: Person | null,
  status: ContentfulStatusCode = 200,
  { isConnected, hints }: { isConnected?: boolean | undefined; hints?: boolean } = {},
): Response {
  const suggestion = { name: friendlyName(), color: friendlyColor() }
  return represent(
    c,
    {
      json: () => meJson(person, suggestion, person ? hints : undefined),
      fragment: () =>
        meFragment({
          person,
          profile: person ?? suggestion,
          provider: providerWay(c, isConnected),
          hints: person ? hints : undefined,
          to: wayOn(c.req.query('to')),
        }),
      text: () => `${person ? person.name : 'visitor'}\n`,
    },
    { status },
  )
}

const providerWay = ({ var: { provider } }: Context, isConnected?: boolean) =>
  provider && { name: provider.name, isConnected }

/** The same after a change; a browser without JavaScript goes on to where its form came from. */
export const showChanged = (
  c: Context,
  person: Person | null,
  { to }: Fields,
  status?: ContentfulStatusCode,
): Response => (formOf(c) === 'page' ? seeOther(backTo(to)) : showPerson(c, person, status))

/** A refusal; a browser without JavaScript finds it in its form, with what was typed. */
export function refuseChange(
  c: Context,
  refusal: Refusal,
  { person, fields, form }: { person: Person | null; fields: Fields; form: MeForm },
): Refusal | Response {
  if (formOf(c) !== 'page') return refusal
  const profile = typed(fields, person)
  const provider = providerWay(c)
  return refuse(c, refusal, () =>
    meFragment({ person, profile, provider, to: wayOn(fields.to), refused: { form, refusal } }),
  )
}

/** Where a page sent somebody from to sign in, if it did. */
const wayOn = (to: string | undefined): string | undefined =>
  to === undefined || backTo(to) === '/' ? undefined : backTo(to)

/** What was typed, as far as a form can show it again: a colour field takes colours only. */
const typed = (fields: Fields, person: Person | null) => ({
  name: fields.name ?? person?.name ?? '',
  color: isColor(fields.color) ? fields.color : (person?.color ?? friendlyColor()),
})

const isColor = (text: string | undefined): text is string => /^#[0-9a-f]{6}$/i.test(text ?? '')

/** A form may name the page it came from, and nothing that could lead elsewhere. */
export const backTo = (path: string | undefined): string =>
  path && /^\/(me|join\/[\w-]+|r\/[a-z0-9-]+(\/messages\/\d+)?)?$/.test(path) ? path : '/'
