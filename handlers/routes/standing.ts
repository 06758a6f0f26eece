import type { Context } from 'hono'
import type { Person } from '../chat/people.ts'
import { invalid, notFound, Refusal } from '../chat/refusal.ts'
import { findListed } from '../chat/roster.ts'
import type { Sql } from '../chat/sql.ts'
import * as standing from '../chat/standing.ts'
import { readFields } from '../http/body.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { listedJson, peopleFragment, peopleText } from '../pages/people.tsx'
import { type Asker, announceChange, ownerAsker } from './browser.ts'
import type { Answer } from './context.ts'
import { readId, refuseOnPage } from './people.ts'

/** `PATCH /people/{id}`: makes a member an owner, or takes that back. */
export const changePerson: Answer = (c) =>
  act(c, async (sql, by, id) => {
    const fields = await readFields(c)
    if (fields instanceof Refusal) return fields
    const { kind } = fields
    return kind === 'member' || kind === 'owner'
      ? standing.changeKind(sql, by, id, kind)
      : invalid({ kind: 'kind is member or owner.' })
  })

/**
 * `PUT /people/{id}/ban`: lets somebody do nothing here any more; with `bar_address` nobody new comes
 * from where they came either, for a while.
 */
export const banPerson: Answer = (c) =>
  act(c, async (sql, by, id) => {
    const fields = await readFields(c)
    if (fields instanceof Refusal) return fields
    return standing.ban(sql, by, id, ['1', 'true', 'on'].includes(fields.bar_address ?? ''))
  })

/** `DELETE /people/{id}/ban`: lets them in again. */
export const unbanPerson: Answer = (c) => act(c, standing.unban)

type Act = (sql: Sql, by: Person, id: number) => Promise<standing.Done | Refusal>

/** Does something to the person of the address, and shows them as they are then. */
async function act(c: Context, deed: Act): Promise<Response | Refusal> {
  const asker = await ownerAsker(c)
  if (asker instanceof Refusal) return asker
  const id = readId(c.req.param('id'))
  if (id === null) return notFound('person')
  const done = await deed(c.var.sql, asker.person, id)
  if (done instanceof Refusal) return refuseOnPage(c, asker, done)
  announceChange(c, done.seq)
  // Who has just made a member of themselves may not see the others any more.
  const isOut = id === asker.person.id
  return formOf(c) === 'page' ? seeOther(isOut ? '/me' : '/people') : showOne(c, asker, id)
}

async function showOne(c: Context, { person: me }: Asker, id: number): Promise<Response> {
  const found = await findListed(c.var.sql, id)
  // A guest may be banned, and is not among those with an account.
  const people = found instanceof Refusal ? [] : [found]
  return represent(c, {
    json: () => people.map(listedJson)[0] ?? { id: String(id) },
    fragment: () => peopleFragment({ me, list: { people, next: null } }),
    text: () => peopleText(people) || `${id}\n`,
  })
}
