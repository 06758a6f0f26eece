import type { Context } from 'hono'
import * as devices from '../chat/devices.ts'
import { Refusal } from '../chat/refusal.ts'
import { dropSession } from '../http/identity.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { devicesFragment, devicesJson, devicesText } from '../pages/devices.tsx'
import { type Asker, announceChange, knownAsker } from './browser.ts'
import type { Answer } from './context.ts'

/** `GET /devices`: where I am signed in. */
export const showDevices: Answer = async (c) => {
  const asker = await knownAsker(c)
  return asker instanceof Refusal ? asker : show(c, asker)
}

async function show(c: Context, { person, session }: Asker): Promise<Response> {
  const list = await devices.listDevices(c.var.sql, person.id, session)
  return represent(c, {
    json: () => devicesJson(list),
    fragment: () => devicesFragment(list),
    text: () => devicesText(list),
  })
}

/** `DELETE /devices/{id}`: ends one of mine; this one too. */
export const endDevice: Answer = async (c) => {
  const asker = await knownAsker(c)
  if (asker instanceof Refusal) return asker
  const id = c.req.param('id') ?? ''
  const seq = await devices.endSession(c.var.sql, asker.person.id, 'device', id)
  if (seq instanceof Refusal) return seq
  announceChange(c, seq)
  const isThis = Buffer.from(asker.session).toString('hex').startsWith(id)
  const answer = await left(c, asker, isThis ? '/' : '/devices')
  if (isThis) dropSession(c, answer)
  return answer
}

/** `DELETE /devices`: ends all of mine but this one. */
export const endOtherDevices: Answer = async (c) => {
  const asker = await knownAsker(c)
  if (asker instanceof Refusal) return asker
  announceChange(c, await devices.endOtherDevices(c.var.sql, asker.person.id, asker.session))
  return left(c, asker, '/devices')
}

/** What is left after a change. */
const left = async (c: Context, asker: Asker, path: string): Promise<Response> =>
  formOf(c) === 'page' ? seeOther(path) : show(c, asker)
