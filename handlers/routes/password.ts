import type { Context } from 'hono'
import * as passwords from '../chat/password-change.ts'
import { Refusal } from '../chat/refusal.ts'
import { loginOf } from '../chat/text.ts'
import { readFields } from '../http/body.ts'
import { refuse } from '../http/refusals.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { passwordFragment } from '../pages/password.tsx'
import { type Asker, announceChange, memberAsker } from './browser.ts'
import type { Answer } from './context.ts'

/** `GET /me/password`: whether I have one, and the form for another. */
export const showPassword: Answer = async (c) => {
  const asker = await memberAsker(c)
  if (asker instanceof Refusal) return asker
  return show(c, await hasPassword(c, asker))
}

const hasPassword = async (c: Context, { person }: Asker): Promise<boolean> =>
  (await passwords.hasPassword(c.var.sql, person)) === true

const show = (c: Context, isSet: boolean): Response =>
  represent(c, {
    json: () => ({ has_password: isSet }),
    fragment: () => passwordFragment({ isSet }),
    text: () => (isSet ? 'You sign in with a password.\n' : 'You have no password.\n'),
  })

/** `PUT /me/password`: another password, `current` being the one before. */
export const changePassword: Answer = async (c) => {
  const asker = await memberAsker(c)
  if (asker instanceof Refusal) return asker
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const { person, session } = asker
  const typed = { current: fields.current ?? '', password: fields.password ?? '' }
  const mayTry = () => c.var.signIns(loginOf(person.name))
  const changed = await passwords.changePassword(c.var, person, session, typed, mayTry)
  if (changed instanceof Refusal) {
    if (formOf(c) !== 'page') return changed
    const isSet = await hasPassword(c, asker)
    return refuse(c, changed, () => passwordFragment({ isSet, refusal: changed }))
  }
  announceChange(c, changed.seq)
  return formOf(c) === 'page' ? seeOther('/me') : show(c, true)
}
