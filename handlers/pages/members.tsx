import { isAtLeast, type Role, roles, type Standing } from '../chat/access.ts'
import type { Person } from '../chat/people.ts'
import type { Room } from '../chat/rooms.ts'
import type { Member } from '../chat/writing/membership.ts'
import { About, MethodForm, Select } from './about.tsx'
import { Mark, Name, personJson } from './person.tsx'
import { render } from './render.ts'
import { harmless } from './text.ts'

type Props = { room: Room; person: Person | null; standing: Standing }

/** The people of a room. */
export const membersFragment = (
  props: Props & { members: Member[]; next: number | null; here: ReadonlySet<number> },
): string => {
  const { room, person, standing, members, next, here } = props
  const own = members.find((member) => member.person.id === person?.id)
  return render(
    <About room={room} standing={standing} part="members">
      {standing.isIn && own ? <Own room={room} member={own} /> : ''}
      <section aria-labelledby="people-title">
        <h2 id="people-title">People</h2>
        {members.length === 0 ? (
          <p class="hint">Nobody is in this room yet. Who writes here is in it from then on.</p>
        ) : (
          <ul class="cards">
            {members.map((member) => (
              <li>
                <MemberCard room={room} member={member} isHere={here.has(member.person.id)} />
              </li>
            ))}
          </ul>
        )}
        {next === null ? (
          ''
        ) : (
          <p class="further">
            <a href={`/r/${room.slug}/members?after=${next}`}>More people</a>
          </p>
        )}
      </section>
    </About>,
  )
}

const MemberCard = ({ room, member, isHere }: { room: Room; member: Member; isHere: boolean }) => (
  <a class="card" href={`/r/${room.slug}/members/${member.person.id}`}>
    <span class={isHere ? 'here' : undefined}>
      <Mark person={member.person} />
    </span>
    <span class="card-text">
      <Name person={member.person} />
      {isHere ? <span class="visually-hidden">, is here</span> : ''}
      <span class="card-topic">{describe(room, member)}</span>
    </span>
  </a>
)

const roleWords: Record<Role, string> = {
  owner: 'Owner',
  moderator: 'Moderator',
  member: 'Member',
  reader: 'Reads only',
}

function describe(room: Room, { person, role, mutedUntil }: Member): string {
  const kind = person.kind === 'guest' ? 'guest' : ''
  const words = [
    role && !room.direct ? roleWords[role] : role ? '' : 'Not in this room',
    kind,
    isMuted(mutedUntil) ? 'muted' : '',
  ]
  return words.filter((word) => word !== '').join(', ')
}

const isMuted = (until: Date | null) => until !== null && until.getTime() > Date.now()

/** What I am told of the room, and the way out of it. */
const Own = ({ room, member }: { room: Room; member: Member }) => {
  const action = `/r/${room.slug}/members/${member.person.id}`
  return (
    <section class="panel" aria-label="You in this room">
      <MethodForm method="PUT" action={action} class="side">
        <Select
          label="Tell me of"
          name="level"
          value={member.level}
          options={[
            ['everything', 'everything'],
            ['mentions', 'mentions of me'],
            ['nothing', 'nothing'],
          ]}
        />
        <button type="submit" class="plain">
          Save
        </button>
      </MethodForm>
      {room.direct ? (
        ''
      ) : (
        <MethodForm method="DELETE" action={action}>
          <button type="submit" class="plain">
            Leave the room
          </button>
        </MethodForm>
      )}
    </section>
  )
}

/** Somebody in a room, with what may be done about them. */
export const memberFragment = ({
  room,
  person,
  standing,
  member,
}: Props & { member: Member }): string => {
  const isOther = member.person.id !== person?.id
  const moderates = isAtLeast(standing.role, 'moderator') && isOther && !room.direct
  return render(
    <About room={room} standing={standing} part="members">
      <section class="panel" aria-label={member.person.name}>
        <p class="who">
          <Mark person={member.person} /> <Name person={member.person} />
        </p>
        <p class="hint">{describe(room, member)}</p>
        {person && isOther ? <Talk id={member.person.id} /> : ''}
      </section>
      {moderates ? <Moderation room={room} standing={standing} member={member} /> : ''}
      {person?.kind === 'owner' && isOther && member.person.kind !== 'owner' ? (
        <FromTheServer person={member.person} />
      ) : (
        ''
      )}
    </About>,
  )
}

const Talk = ({ id }: { id: number }) => (
  <form method="post" action="/directs">
    <input type="hidden" name="people" value={id} />
    <button type="submit">Write to them alone</button>
  </form>
)

/** What the server's owner may do about them. */
const FromTheServer = ({ person }: { person: Person }) => (
  <section class="panel" aria-labelledby="server-title">
    <h2 id="server-title">On the whole server</h2>
    <MethodForm method="PUT" action={`/people/${person.id}/ban`}>
      {person.kind === 'guest' ? (
        <label class="check">
          <input type="checkbox" name="bar_address" />
          <span>and take no new guests for a week from where they came</span>
        </label>
      ) : (
        ''
      )}
      <button type="submit" class="plain danger">
        Ban from the server
      </button>
    </MethodForm>
  </section>
)

type ModerationProps = { room: Room; standing: Standing; member: Member }

const Moderation = ({ room, standing, member }: ModerationProps) => {
  const action = `/r/${room.slug}/members/${member.person.id}`
  const grants =
    standing.role === 'owner'
      ? roles
      : roles.filter((role) => role !== 'owner' && role !== 'moderator')
  return (
    <section class="panel" aria-labelledby="moderation-title">
      <h2 id="moderation-title">What they may do here</h2>
      <MethodForm method="PUT" action={action} class="side">
        <Select
          label="Role"
          name="role"
          value={member.role ?? 'member'}
          options={grants.map((role) => [role, roleWords[role]] as const)}
        />
        <button type="submit" class="plain">
          {member.role ? 'Save' : 'Let in'}
        </button>
      </MethodForm>
      <MethodForm method="PUT" action={action} class="side">
        <Select
          label="Mute"
          name="muted_for"
          value={isMuted(member.mutedUntil) ? '86400' : '0'}
          options={[
            ['0', 'not at all'],
            ['3600', 'for an hour'],
            ['86400', 'for a day'],
            ['604800', 'for a week'],
            ['31536000', 'for a year'],
          ]}
        />
        <button type="submit" class="plain">
          Save
        </button>
      </MethodForm>
      <div class="side">
        {member.role ? (
          <MethodForm method="DELETE" action={action}>
            <button type="submit" class="plain">
              Remove from the room
            </button>
          </MethodForm>
        ) : (
          ''
        )}
        <MethodForm method="PUT" action={`/r/${room.slug}/bans/${member.person.id}`}>
          <button type="submit" class="plain danger">
            Ban from the room
          </button>
        </MethodForm>
      </div>
      <p class="hint">
        Who is removed may come back where the room is open or by a link. Who is banned may not.
      </p>
    </section>
  )
}

/** Somebody in a room, for programs. `level` is told to themselves alone. */
export const memberJson = ({ person, role, mutedUntil, level, since }: Member, own?: number) => ({
  person: personJson(person),
  role,
  muted_until: mutedUntil?.toISOString() ?? null,
  since: since?.toISOString() ?? null,
  ...(person.id === own ? { level } : {}),
})

/** The same for a terminal, a line each. */
export const membersText = (members: readonly Member[]): string =>
  members
    .map(({ person, role }) => `${person.id}  ${harmless(person.name)}  ${role ?? 'not in'}\n`)
    .join('')
