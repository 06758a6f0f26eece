import type { Context } from 'hono'
import { notFound, Refusal } from '../chat/refusal.ts'
import * as roster from '../chat/roster.ts'
import { readFields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent } from '../http/representation.ts'
import { invitedJson, peopleFragment, peopleJson, peopleText } from '../pages/people.tsx'
import { type Asker, outside, ownerAsker } from './browser.ts'
import type { Answer } from './context.ts'

/** `GET /people`: who has an account, for the server's owners. */
export const showPeople: Answer = async (c) => {
  const asker = await ownerAsker(c)
  return asker instanceof Refusal ? asker : showRoster(c, asker)
}

/** The page of people that was asked for. */
export async function showRoster(c: Context, { person: me }: Asker): Promise<Response | Refusal> {
  const after = readId(c.req.query('after') ?? '0')
  if (after === null) return new Refusal('malformed', 'after is no place in the list of people.')
  const list = await roster.listPeople(c.var.sql, after)
  return represent(c, {
    json: () => peopleJson(list),
    fragment: () => peopleFragment({ me, list }),
    text: () => peopleText(list.people),
  })
}

/** `POST /people`: another member, and the link that signs them in. */
export const addPerson: Answer = async (c) => {
  const asker = await ownerAsker(c)
  if (asker instanceof Refusal) return asker
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const added = await roster.addMember(c.var.sql, asker.person, fields.name ?? '')
  return added instanceof Refusal
    ? refuseOnPage(c, asker, added, fields.name ?? '')
    : showInvited(c, asker, added)
}

/** `POST /people/{id}/link`: another link for a member. */
export const linkPerson: Answer = async (c) => {
  const asker = await ownerAsker(c)
  if (asker instanceof Refusal) return asker
  const id = readId(c.req.param('id'))
  if (id === null) return notFound('person')
  const invited = await roster.makeSignInLink(c.var.sql, asker.person, id)
  return invited instanceof Refusal
    ? refuseOnPage(c, asker, invited)
    : showInvited(c, asker, invited)
}

/** Of the id in an address; null where it is none. */
export const readId = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null

/** A link is in this answer and in none after it, so no browser is sent on to another one. */
async function showInvited(c: Context, { person: me }: Asker, { person, token }: roster.Invited) {
  const url = outside(c, `/enter/${token}`)
  const list = formOf(c) === 'json' ? null : await roster.listPeople(c.var.sql, 0)
  return represent(
    c,
    {
      json: () => invitedJson(person, url),
      fragment: () => peopleFragment({ me, list, invited: { person, url } }),
      text: () => `${url}\n`,
    },
    { status: 201 },
  )
}

/** A refusal; a browser without JavaScript finds it on the page, with what was typed. */
export async function refuseOnPage(
  c: Context,
  { person: me }: Asker,
  refusal: Refusal,
  name = '',
): Promise<Refusal | Response> {
  if (formOf(c) !== 'page') return refusal
  const list = await roster.listPeople(c.var.sql, 0)
  return refuse(c, refusal, () => peopleFragment({ me, list, refused: { refusal, name } }))
}
