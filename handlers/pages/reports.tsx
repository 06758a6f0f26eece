import type { Standing } from '../chat/access.ts'
import type { Report } from '../chat/reports.ts'
import type { Room } from '../chat/rooms.ts'
import { About, MethodForm } from './about.tsx'
import { MessageItem, messageJson } from './message.tsx'
import { When } from './page.tsx'
import { render } from './render.ts'
import { harmless } from './text.ts'

type Props = { room: Room; standing: Standing; reports: Report[] }

/** What was reported, with what may be done about it. */
export const reportsFragment = ({ room, standing, reports }: Props): string =>
  render(
    <About room={room} standing={standing} part="reports">
      <section aria-labelledby="reports-title">
        <h2 id="reports-title">Reports</h2>
        {reports.length === 0 ? <p class="hint">Nothing is reported.</p> : ''}
        {reports.map((report) => (
          <ReportPanel slug={room.slug} report={report} />
        ))}
      </section>
    </About>,
  )

const ReportPanel = ({ slug, report }: { slug: string; report: Report }) => (
  <article class="panel report">
    <ol class="messages">
      <MessageItem slug={slug} message={report.message} />
    </ol>
    <p class="hint">
      Reported by <bdi>{report.by.name}</bdi>, <When at={report.at} />
      {report.reason ? (
        <>
          : <bdi>{report.reason}</bdi>
        </>
      ) : (
        ''
      )}
    </p>
    <div class="side">
      <MethodForm method="DELETE" action={`/r/${slug}/reports/${report.id}`}>
        <button type="submit">Seen to</button>
      </MethodForm>
      <MethodForm method="DELETE" action={`/r/${slug}/messages/${report.message.n}`}>
        <button type="submit" class="plain danger">
          Delete the message
        </button>
      </MethodForm>
      <a href={`/r/${slug}/members/${report.message.author.id}`}>About its author</a>
    </div>
  </article>
)

export const reportJson = (slug: string, { id, message, by, reason, at }: Report) => ({
  id: String(id),
  message: messageJson(slug, message),
  by: { id: String(by.id), name: by.name },
  reason,
  at: at.toISOString(),
})

export const reportsText = (reports: readonly Report[]): string =>
  reports
    .map(
      ({ id, message, by, reason }) =>
        `${id}  #${message.n} by ${harmless(by.name)}: ${harmless(reason)}\n`,
    )
    .join('')
