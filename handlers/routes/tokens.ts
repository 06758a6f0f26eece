import type { Context } from 'hono'
import { endSession } from '../chat/devices.ts'
import { Refusal } from '../chat/refusal.ts'
import * as tokens from '../chat/tokens.ts'
import { readFields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { newTokenJson, tokensFragment, tokensJson, tokensText } from '../pages/tokens.tsx'
import { type Asker, announceChange, memberAsker } from './browser.ts'
import type { Answer } from './context.ts'

/** `GET /tokens`: what my programs show. */
export const showTokens: Answer = async (c) => {
  const asker = await memberAsker(c)
  return asker instanceof Refusal ? asker : show(c, asker)
}

async function show(c: Context, { person }: Asker): Promise<Response> {
  const list = await tokens.listTokens(c.var.sql, person)
  return represent(c, {
    json: () => tokensJson(list),
    fragment: () => tokensFragment({ tokens: list }),
    text: () => tokensText(list),
  })
}

/** `POST /tokens`: another one, which is in this answer and in none after it. */
export const makeToken: Answer = async (c) => {
  const asker = await memberAsker(c)
  if (asker instanceof Refusal) return asker
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const { person, session } = asker
  const draft = tokens.readTokenDraft({ ...fields, seconds: fields.expires_in })
  const made =
    draft instanceof Refusal ? draft : await tokens.makeToken(c.var.sql, person, session, draft)
  if (made instanceof Refusal && formOf(c) !== 'page') return made
  const list = formOf(c) === 'json' ? [] : await tokens.listTokens(c.var.sql, person)
  if (made instanceof Refusal) {
    const typed = { name: fields.name ?? '', scope: fields.scope ?? '' }
    return refuse(c, made, () =>
      tokensFragment({ tokens: list, refused: { refusal: made, typed } }),
    )
  }
  return represent(
    c,
    {
      json: () => newTokenJson(made),
      fragment: () => tokensFragment({ tokens: list, made }),
      text: () => `${made.secret}\n`,
    },
    { status: 201 },
  )
}

/** `DELETE /tokens/{id}`: ends one of mine. */
export const endToken: Answer = async (c) => {
  const asker = await memberAsker(c)
  if (asker instanceof Refusal) return asker
  const id = c.req.param('id') ?? ''
  const seq = await endSession(c.var.sql, asker.person.id, 'token', id)
  if (seq instanceof Refusal) return seq
  announceChange(c, seq)
  return formOf(c) === 'page' ? seeOther('/tokens') : show(c, asker)
}
