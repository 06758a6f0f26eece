import type { Context } from 'hono'
import { credentialId } from '../chat/credentials.ts'
import {
  addPasskey,
  listPasskeys,
  offerPasskey,
  type Passkey,
  passkeyHolder,
  removePasskey,
} from '../chat/passkeys.ts'
import type { Person } from '../chat/people.ts'
import { notFound, Refusal } from '../chat/refusal.ts'
import type { Site } from '../chat/webauthn.ts'
import { readFields } from '../http/body.ts'
import { deviceOf } from '../http/device.ts'
import { originOf } from '../http/outside.ts'
import { formOf, represent, seeOther } from '../http/representation.ts'
import { optionsFragment, passkeyJson, passkeysFragment } from '../pages/passkeys.tsx'
import { passkeysText } from '../pages/text.ts'
import { type Answer, whoAsks } from './context.ts'

/** `GET /passkeys`: my passkeys. */
export const showPasskeys: Answer = async (c) => {
  const person = await holder(c)
  return person instanceof Refusal ? person : showAll(c, person)
}

/** `POST /challenges/passkeys`: what a browser makes a new passkey from. */
export const optionsToAdd: Answer = async (c) => {
  const person = await holder(c)
  if (person instanceof Refusal) return person
  const options = await offerPasskey(c.var.sql, person, siteOf(c))
  return options instanceof Refusal ? options : showOptions(c, options)
}

/** `POST /passkeys`: keep the passkey that a browser has made. */
export const createPasskey: Answer = async (c) => {
  const person = await holder(c)
  if (person instanceof Refusal) return person
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const { credential, name } = fields
  const typed = { credential, name, site: siteOf(c), device: deviceOf(c) }
  const added = await addPasskey(c.var.sql, person, typed)
  return added instanceof Refusal ? added : showChanged(c, person, added)
}

/** `DELETE /passkeys/{id}`: remove one of mine. */
export const deletePasskey: Answer = async (c) => {
  const person = await holder(c)
  if (person instanceof Refusal) return person
  const id = credentialId(c.req.param('id'))
  const isRemoved = id !== null && (await removePasskey(c.var.sql, person, id))
  return isRemoved ? showChanged(c, person) : notFound('passkey')
}

/** Where passkeys belong, as whoever asks knows this server. */
export function siteOf(c: Context): Site {
  const origin = originOf(c)
  return { host: new URL(origin).hostname, origin }
}

/** What a browser hands to its authenticators. */
export const showOptions = (c: Context, options: object): Response =>
  represent(c, {
    json: () => options,
    fragment: optionsFragment,
    text: () => `${JSON.stringify(options)}\n`,
  })

const holder = async (c: Context): Promise<Person | Refusal> => passkeyHolder(await whoAsks(c))

/** The rest after a change; of a new passkey a program gets that one. */
async function showChanged(c: Context, person: Person, added?: Passkey): Promise<Response> {
  return formOf(c) === 'page' ? seeOther('/passkeys') : showAll(c, person, added)
}

async function showAll(c: Context, person: Person, added?: Passkey): Promise<Response> {
  const passkeys = await listPasskeys(c.var.sql, person)
  return represent(
    c,
    {
      json: () => (added ? passkeyJson(added) : { passkeys: passkeys.map(passkeyJson) }),
      fragment: () => passkeysFragment(passkeys, deviceOf(c)),
      text: () => passkeysText(passkeys),
    },
    { status: added ? 201 : 200 },
  )
}
