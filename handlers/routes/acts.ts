import type { Context } from 'hono'
import type { Person } from '../chat/people.ts'
import { Refusal, signIn } from '../chat/refusal.ts'
import type { Actor } from '../chat/writing/act.ts'
import type { ChangeOf, KindName, OutcomeOf } from '../chat/writing/kinds.ts'
import { within } from '../http/faults.ts'
import { formOf, represent, seeOther, type Views } from '../http/representation.ts'
import { limits } from '../limits.ts'
import { enterRoom, type Found } from './context.ts'

/** Somebody known who wants to do something in a room that they see. */
export type Acting = Found & { person: Person; session: Uint8Array }

/** The room of the address, for somebody who wants to do something there. */
export async function enterToAct(c: Context): Promise<Acting | Refusal> {
  const entry = await enterRoom(c)
  if (entry instanceof Refusal) return entry
  const { person, session } = entry
  return person && session ? { ...entry, person, session } : signIn()
}

/** Who acts, as a change of the room's log names them. */
export const actorOf = ({ room, person, session }: Acting): Actor => ({
  roomId: room.id,
  personId: person.id,
  session,
})

/** Changes a room's log, and comes back when that is stored for good, or after a while with `unavailable`. */
export const commit = async <Name extends Exclude<KindName, 'post'>>(
  c: Context,
  change: ChangeOf<Name> & { kind: Name },
): Promise<OutcomeOf<Name> | Refusal> =>
  (await c.var.pace(change.personId)) ??
  within(limits.commitMs, c.var.writing.write<Name>(change, performance.now() + limits.commitMs))

/** A number of the address; -1, which is nobody's, where it is none. */
export function idIn(c: Context, name: string): number {
  const text = c.req.param(name) ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : -1
}

/** The answer to something that was done; a browser without a script goes on to where it is to be seen. */
export const acted = (
  c: Context,
  to: string,
  views: Views,
  init: { status?: 200 | 201; headers?: Record<string, string> } = {},
): Response => (formOf(c) === 'page' ? seeOther(to) : represent(c, views, init))
