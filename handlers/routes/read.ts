import type { Context } from 'hono'
import { invalid, Refusal, signIn } from '../chat/refusal.ts'
import { type Fields, readFields } from '../http/body.ts'
import { acted } from './acts.ts'
import { type Answer, enterRoom, enterToWrite } from './context.ts'

/**
 * `PUT /r/{room}/read`: up to which number somebody has read. What is told again and again as one
 * reads is noted, and written later. What is asked for on purpose holds at once: all of it, where no
 * number is given, and with `unread` also back from where it was.
 */
export const putRead: Answer = async (c) => {
  const entry = await enterToWrite(c)
  if (entry instanceof Refusal) return entry
  const { room, person } = entry
  if (!person) return signIn()
  const fields = await readFields(c)
  if (fields instanceof Refusal) return fields
  const n = readNumber(fields)
  const isBack = ['1', 'true', 'on'].includes(fields.unread ?? '')
  if (n instanceof Refusal) return n
  if (isBack && n === undefined) return missing()
  if (isBack || n === undefined) {
    const tooOften = await c.var.pace(person.id)
    if (tooOften) return tooOften
    const end = n ?? (await newest(c))
    if (end instanceof Refusal) return end
    await c.var.reads.turn(person, room, end)
  } else c.var.reads.note(person.id, room.id, n)
  return show(c, room.slug, isBack)
}

function readNumber({ n }: Fields): number | undefined | Refusal {
  const text = n?.trim() ?? ''
  if (text === '') return undefined
  return /^\d{1,15}$/.test(text) ? Number(text) : noNumber()
}

const noNumber = () => invalid({ n: 'n is the number of a message.' })
const missing = () => invalid({ n: 'Say with n up to which message it is read.' })

/** The room's end as it is now: memory may be of an older one. */
async function newest(c: Context): Promise<number | Refusal> {
  const entry = await enterRoom(c)
  return entry instanceof Refusal ? entry : entry.room.lastSeq
}

/** Whoever looks at the room again has read it: so without a script one goes on to the list. */
const show = (c: Context, room: string, isBack: boolean): Response =>
  acted(
    c,
    '/',
    {
      json: () => ({ room }),
      fragment: () => '',
      text: () => (isBack ? 'marked as unread\n' : 'read\n'),
    },
    // Nothing keeps the answer to a PUT. `no-store` would keep a browser from going back to the page
    // that has asked: https://web.dev/articles/bfcache#minimize-no-store
    { headers: { 'cache-control': 'private' } },
  )
