import type { Context } from 'hono'
import { notFound, Refusal, signIn } from '../chat/refusal.ts'
import { findTypist } from '../chat/typing.ts'
import { represent } from '../http/representation.ts'
import { type Answer, enterToWrite } from './context.ts'

/**
 * `PUT /r/{room}/typing`: somebody types. Others are told every 20 s at the most; whatever comes in
 * between asks the database nothing.
 */
export const putTyping: Answer = async (c) => {
  const entry = await enterToWrite(c)
  if (entry instanceof Refusal) return entry
  const { room, person, session } = entry
  if (!person) return signIn()
  const { hinting } = c.var
  if (!hinting || hinting.hasTyped(person.id, room.id)) return show(c)
  // Who may not is asked for anew each time, so that they may as soon as they are let.
  const tooFast = await c.var.pace(person.id)
  if (tooFast) return tooFast
  const typist = await findTypist(c.var.sql, { session, slug: room.slug })
  if (!typist) return notFound('room')
  if (!typist.may) return mayNot()
  hinting.noteTyping(person.id, room.id)
  if (typist.hints) hinting.types({ id: person.id, name: typist.name }, room.id, typist.seq)
  return show(c)
}

const mayNot = () => new Refusal('not_allowed', 'You cannot write in this room just now.')

// With `no-store` a browser would not go back to the page that has asked, as in read.ts.
const show = (c: Context): Response =>
  represent(
    c,
    { json: () => ({}), fragment: () => '', text: () => 'ok\n' },
    { headers: { 'cache-control': 'private' } },
  )
