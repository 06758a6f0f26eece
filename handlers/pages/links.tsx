import type { Standing } from '../chat/access.ts'
import type { Link } from '../chat/links.ts'
import type { Room } from '../chat/rooms.ts'
import { About, MethodForm, Select } from './about.tsx'
import { Once, When } from './page.tsx'
import { render } from './render.ts'

type Props = {
  room: Room
  standing: Standing
  links: Link[]
  /** A link that was made just now: what it holds is shown this once. */
  made?: string
}

const DAY_S = 86_400

/** A room's invitation links, and the form for another. */
export const linksFragment = ({ room, standing, links, made }: Props): string =>
  render(
    <About room={room} standing={standing} part="links">
      {made ? <Made url={made} /> : ''}
      <section class="panel" aria-labelledby="new-link-title">
        <h2 id="new-link-title">Invite somebody</h2>
        <form method="post" action={`/r/${room.slug}/links`}>
          <div class="side">
            <Select
              label="They may"
              name="access"
              value="write"
              options={[
                ['write', 'read and write'],
                ['read', 'read'],
              ]}
            />
            <Select
              label="They see"
              name="history"
              value="all"
              options={[
                ['all', 'all that was said'],
                ['from_now', 'what is said from when they come'],
              ]}
            />
          </div>
          <div class="side">
            <Select
              label="It works for"
              name="expires_in"
              value={String(7 * DAY_S)}
              options={[
                [String(3_600), 'an hour'],
                [String(DAY_S), 'a day'],
                [String(7 * DAY_S), 'a week'],
                [String(90 * DAY_S), 'three months'],
                ['', 'ever'],
              ]}
            />
            <Select
              label="and for"
              name="uses"
              value=""
              options={[
                ['1', 'one person'],
                ['10', '10 people'],
                ['100', '100 people'],
                ['', 'anybody who has it'],
              ]}
            />
          </div>
          <button type="submit">Make a link</button>
        </form>
      </section>
      <section aria-labelledby="links-title">
        <h2 id="links-title">Links</h2>
        {links.length === 0 ? <p class="hint">There are no links to this room.</p> : ''}
        <ul class="cards">
          {links.map((link) => (
            <li class="card">
              <LinkLine room={room} link={link} />
            </li>
          ))}
        </ul>
      </section>
    </About>,
  )

const Made = ({ url }: { url: string }) => (
  <section class="panel made" role="status" aria-label="Your link">
    <p class="hint">Your link. It is shown this once: copy it now.</p>
    <Once text={url} />
  </section>
)

const LinkLine = ({ room, link }: { room: Room; link: Link }) => (
  <>
    <span class="card-text">
      <span class="card-name">
        {link.access === 'read' ? 'Read' : 'Read and write'}
        {link.history === 'from_now' ? ', from then on' : ''}
      </span>
      <span class="card-topic">
        by <bdi>{link.by}</bdi>, used {link.used}
        {link.uses === null ? '' : ` of ${link.uses}`}{' '}
        {link.used === 1 && link.uses === null ? 'time' : 'times'}
        {link.expiresAt ? (
          <>
            , {link.expiresAt.getTime() < Date.now() ? 'expired' : 'until'}{' '}
            <When at={link.expiresAt} />
          </>
        ) : (
          ''
        )}
      </span>
    </span>
    <MethodForm method="DELETE" action={`/r/${room.slug}/links/${link.id}`}>
      <button type="submit" class="plain">
        Revoke
      </button>
    </MethodForm>
  </>
)

/** A link for programs; with `url` only where it was made just now. */
export const linkJson = (link: Link, url?: string) => ({
  id: String(link.id),
  ...(url ? { url } : {}),
  access: link.access,
  history: link.history,
  uses: link.uses,
  used: link.used,
  expires_at: link.expiresAt?.toISOString() ?? null,
  created_at: link.createdAt.toISOString(),
})

export const linksText = (links: readonly Link[]): string =>
  links
    .map(
      ({ id, access, history, used, uses }) =>
        `${id}  ${access}  ${history}  ${used}/${uses ?? 'any'}\n`,
    )
    .join('')
