import type { Context } from 'hono'
import type { Person } from '../chat/people.ts'
import { Refusal } from '../chat/refusal.ts'
import { ownersOnly } from '../chat/roster.ts'
import { banned } from '../chat/sessions.ts'
import { isBearer } from '../http/bearer.ts'
import { sessionOf } from '../http/identity.ts'
import { originOf } from '../http/outside.ts'
import { SERVER_LOG } from '../live/log.ts'
import { type Answer, visitOf } from './context.ts'

/** What decides over an account is for its person alone: a program's token may not. */
export const byBrowser =
  (handler: Answer): Answer =>
  async (c) =>
    isBearer(c.req.header('authorization')) ? noProgram() : handler(c)

const noProgram = () => new Refusal('not_allowed', 'Sign in with a browser for this.')

/** Somebody known, and the key of the session that they showed. */
export type Asker = { person: Person; session: Uint8Array }

/** Who asks, or null for a visitor. */
export async function findAsker(c: Context): Promise<Asker | null> {
  const session = sessionOf(c, c.var.secret())
  const { person } = await visitOf(c)
  return person && session ? { person, session } : null
}

/** Who asks; `sign_in` for a visitor, `not_allowed` for somebody banned. */
export async function knownAsker(c: Context): Promise<Asker | Refusal> {
  const session = sessionOf(c, c.var.secret())
  const { person, isBanned } = await visitOf(c)
  if (!person || !session) return new Refusal('sign_in', 'Sign in first, then try again.')
  return isBanned ? banned() : { person, session }
}

/** The same of members and owners; `not_allowed` for a guest. */
export async function memberAsker(c: Context): Promise<Asker | Refusal> {
  const asker = await knownAsker(c)
  if (asker instanceof Refusal || asker.person.kind !== 'guest') return asker
  return new Refusal('not_allowed', 'This is for people with an account. Make one first.')
}

/** The same of the server's owners; `not_allowed` for anybody else who is known. */
export async function ownerAsker(c: Context): Promise<Asker | Refusal> {
  const asker = await knownAsker(c)
  if (asker instanceof Refusal || asker.person.kind === 'owner') return asker
  return ownersOnly()
}

/** Tells all instances of a change in the server's log, if there was one. */
export function announceChange(c: Context, seq: number | null): void {
  if (seq !== null) c.var.announce(SERVER_LOG, seq)
}

/** The address of something here as it is from outside, for handing it to somebody else. */
export const outside = (c: Context, path: string): string => originOf(c) + path
