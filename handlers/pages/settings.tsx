import { isAtLeast, type Standing } from '../chat/access.ts'
import type { Room } from '../chat/rooms.ts'
import { limits } from '../limits.ts'
import { About, MethodForm, Select } from './about.tsx'
import { render } from './render.ts'

type Props = { room: Room; standing: Standing }

/** What a room is called and who may enter it; with forms for those who may change that. */
export const settingsFragment = ({ room, standing }: Props): string =>
  render(
    <About room={room} standing={standing} part="settings">
      <section class="panel" aria-labelledby="settings-title">
        <h2 id="settings-title">Settings</h2>
        {isAtLeast(standing.role, 'moderator') && !room.direct ? (
          <Forms room={room} standing={standing} />
        ) : (
          <Facts room={room} />
        )}
      </section>
    </About>,
  )

const Facts = ({ room }: { room: Room }) => (
  <>
    <p>{room.topic || 'No topic yet'}</p>
    <p class="hint">
      {room.visibility === 'open'
        ? 'Everybody here may enter.'
        : 'Only those who were let in see it.'}
      {room.archived ? ' It is archived: it can be read, not written to.' : ''}
    </p>
  </>
)

const Forms = ({ room, standing }: Props) => {
  const action = `/r/${room.slug}`
  const isOwner = standing.role === 'owner'
  return (
    <>
      <MethodForm method="PATCH" action={action}>
        {isOwner ? (
          <label class="field">
            <span>Name</span>
            <input name="name" value={room.name} required maxlength={limits.roomNameChars} />
          </label>
        ) : (
          ''
        )}
        <label class="field">
          <span>Topic</span>
          <input name="topic" value={room.topic} maxlength={limits.topicChars} />
        </label>
        <div class="side">
          {isOwner ? <Who room={room} /> : ''}
          <Slow seconds={room.slowSeconds} />
        </div>
        {isOwner ? (
          <label class="field">
            <span>
              Keep messages for so many days; as the server does where nothing stands here
            </span>
            <input
              name="retention_days"
              inputmode="numeric"
              pattern="[0-9]*"
              value={room.retentionDays ?? ''}
            />
          </label>
        ) : (
          ''
        )}
        <button type="submit">Save</button>
      </MethodForm>
      {isOwner && room.slug !== 'lobby' ? (
        <MethodForm method="PATCH" action={action}>
          <input type="hidden" name="archived" value={room.archived ? 'false' : 'true'} />
          <button type="submit" class="plain">
            {room.archived ? 'Use the room again' : 'Archive the room'}
          </button>
        </MethodForm>
      ) : (
        ''
      )}
    </>
  )
}

const Who = ({ room }: { room: Room }) => (
  <Select
    label="Who may enter"
    name="visibility"
    value={room.visibility}
    options={[
      ['open', 'everybody here'],
      ['closed', 'those who were let in'],
    ]}
  />
)

const Slow = ({ seconds }: { seconds: number }) => {
  const known: [string, string][] = [
    ['0', 'as they like'],
    ['10', 'every 10 seconds'],
    ['60', 'every minute'],
    ['600', 'every 10 minutes'],
    ['3600', 'every hour'],
  ]
  const isKnown = known.some(([value]) => value === String(seconds))
  const options = isKnown
    ? known
    : [...known, [String(seconds), `every ${seconds} seconds`] as const]
  return (
    <Select label="One may write" name="slow_seconds" value={String(seconds)} options={options} />
  )
}
