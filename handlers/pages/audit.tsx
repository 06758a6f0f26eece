import type { Standing } from '../chat/access.ts'
import type { AuditEntry, AuditPage } from '../chat/audit.ts'
import type { Room } from '../chat/rooms.ts'
import { About } from './about.tsx'
import { pageFragment, toMe, When } from './page.tsx'
import { render } from './render.ts'
import { harmless } from './text.ts'

type Props = { page: AuditPage } | { page: AuditPage; room: Room; standing: Standing }

/** What owners and moderators did: in one room, or on the server. */
export const auditFragment = (props: Props): string =>
  'room' in props
    ? render(
        <About room={props.room} standing={props.standing} part="audit">
          <Entries page={props.page} path={`/r/${props.room.slug}/audit`} />
        </About>,
      )
    : pageFragment('What was done', toMe, <Entries page={props.page} path="/audit" />)

const Entries = ({ page, path }: { page: AuditPage; path: string }) => (
  <section aria-label="What was done">
    {page.entries.length === 0 ? <p class="hint">Nothing has been done yet.</p> : ''}
    <ol class="deeds">
      {page.entries.map((entry) => (
        <li>
          <When at={entry.at} /> <bdi>{entry.by.name}</bdi> {wordsOf(entry)}
          {entry.about ? (
            <>
              {' '}
              <bdi>{entry.about.name}</bdi>
            </>
          ) : (
            ''
          )}
          {entry.n === null ? '' : ` (message ${entry.n})`}
          {entry.room ? (
            <>
              {' '}
              in <bdi>{entry.room.name}</bdi>
            </>
          ) : (
            ''
          )}
          {entry.detail ? <span class="hint">{entry.detail}</span> : ''}
        </li>
      ))}
    </ol>
    {page.next === null ? (
      ''
    ) : (
      <p class="further">
        <a href={`${path}?before=${page.next}`}>Earlier</a>
      </p>
    )}
  </section>
)

/** What each action is in words; one that has none yet is shown as it is. */
const words: Record<string, string> = {
  'message.deleted': 'deleted a message of',
  'member.changed': 'changed what may be done by',
  'member.removed': 'removed',
  'member.banned': 'banned',
  'member.unbanned': 'lifted the ban of',
  'room.changed': 'changed the room',
  'link.made': 'made a link',
  'link.revoked': 'revoked a link',
  'report.settled': 'saw to a report by',
  'policy.changed': 'changed who may enter and do what',
  'member.added': 'added',
  'sign_in_link.made': 'made a sign-in link for',
  'owner.made': 'made an owner of',
  'owner.unmade': 'took ownership from',
  'person.banned': 'banned from the server',
  'emoji.removed': 'removed an emoji of',
  'person.unbanned': 'lifted the server’s ban of',
}

const wordsOf = ({ action }: AuditEntry): string => words[action] ?? action

export const auditJson = ({ entries, next }: AuditPage) => ({
  entries: entries.map(({ id, at, by, action, room, about, n, detail }) => ({
    id: String(id),
    at: at.toISOString(),
    by: { id: String(by.id), name: by.name },
    action,
    room: room?.slug ?? null,
    about: about && { id: String(about.id), name: about.name },
    n,
    detail,
  })),
  next,
})

export const auditText = ({ entries }: AuditPage): string =>
  entries
    .map(({ at, by, action, about, detail }) => {
      const whom = about ? ` ${harmless(about.name)}` : ''
      return `${at.toISOString().slice(0, 16)} ${harmless(by.name)} ${action}${whom} ${harmless(detail)}\n`
    })
    .join('')
