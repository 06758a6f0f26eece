import { Refusal } from '../chat/refusal.ts'
import { listReports, readReason, report, settleReport } from '../chat/reports.ts'
import { readFields } from '../http/body.ts'
import { represent } from '../http/representation.ts'
import { reportJson, reportsFragment, reportsText } from '../pages/reports.tsx'
import { acted, enterToAct, idIn } from './acts.ts'
import type { Answer } from './context.ts'

/** `POST /r/{room}/messages/{n}/reports`: tells the room's moderators of a message: `reason`. */
export const createReport: Answer = async (c) => {
  const fields = await readFields(c)
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  if (fields instanceof Refusal) return fields
  const reason = readReason(fields.reason)
  if (reason instanceof Refusal) return reason
  const tooOften = await c.var.paces.reports(person.id)
  if (tooOften) return tooOften
  const n = idIn(c, 'n')
  const made = await report(c.var.sql, { room, standing, personId: person.id }, n, reason)
  if (made instanceof Refusal) return made
  const sentence = 'Thank you. The moderators of this room will look at it.'
  return acted(
    c,
    `/r/${room.slug}/messages/${n}?reported=1`,
    {
      json: () => ({ reported: true }),
      fragment: () => `<p role="status">${sentence}</p>`,
      text: () => `${sentence}\n`,
    },
    { status: 201 },
  )
}

/** `GET /r/{room}/reports`: what is reported and not settled, for the room's moderators. */
export const showReports: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, standing } = entry
  const reports = await listReports(c.var.sql, room, standing)
  if (reports instanceof Refusal) return reports
  return represent(c, {
    json: () => ({ reports: reports.map((one) => reportJson(room.slug, one)) }),
    fragment: () => reportsFragment({ room, standing, reports }),
    text: () => reportsText(reports),
  })
}

/** `DELETE /r/{room}/reports/{id}`: a moderator has seen to it. */
export const removeReport: Answer = async (c) => {
  const entry = await enterToAct(c)
  if (entry instanceof Refusal) return entry
  const { room, person, standing } = entry
  const who = { room, standing, personId: person.id }
  const settled = await settleReport(c.var.sql, who, idIn(c, 'id'))
  if (settled instanceof Refusal) return settled
  return acted(c, `/r/${room.slug}/reports`, {
    json: () => ({ settled: true }),
    fragment: () => '',
    text: () => 'settled\n',
  })
}
