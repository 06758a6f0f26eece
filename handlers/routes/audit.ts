import type { Context } from 'hono'
import { isAtLeast } from '../chat/access.ts'
import { readAudit } from '../chat/audit.ts'
import { Refusal } from '../chat/refusal.ts'
import { refusalOf } from '../chat/writing/act.ts'
import { represent } from '../http/representation.ts'
import { auditFragment, auditJson, auditText } from '../pages/audit.tsx'
import { enterToAct } from './acts.ts'
import { ownerAsker } from './browser.ts'
import type { Answer } from './context.ts'

/** `GET /audit`: what owners and moderators did, for the server's owner. */
export const showAudit: Answer = async (c) => {
  const asker = await ownerAsker(c)
  if (asker instanceof Refusal) return asker
  const page = await readAudit(c.var.sql, 'server', before(c))
  return represent(c, {
    json: () => auditJson(page),
    fragment: () => auditFragment({ page }),
    text: () => auditText(page),
  })
}

/** `GET /r/{room}/audit`: the same of one room, for its moderators. */
export const showRoomAudit: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, standing } = entry
  if (!isAtLeast(standing.role, 'moderator') || room.direct) return refusalOf('rank')
  const page = await readAudit(c.var.sql, { roomId: room.id }, before(c))
  return represent(c, {
    json: () => auditJson(page),
    fragment: () => auditFragment({ room, standing, page }),
    text: () => auditText(page),
  })
}

const before = (c: Context): number | null => {
  const text = c.req.query('before') ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}
