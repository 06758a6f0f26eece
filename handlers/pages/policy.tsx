import type { Policy } from '../chat/policy.ts'
import { MethodForm, Select } from './about.tsx'
import { pageFragment, toMe } from './page.tsx'

type Props = {
  policy: Policy
  /** Whether the server answers under a name of the public internet. */
  isPublic: boolean
  isSaved: boolean
}

const BYTES_IN_MIB = 1024 * 1024

/** Who may enter and do what. */
export const policyFragment = ({ policy, isPublic, isSaved }: Props): string =>
  pageFragment(
    'Who may enter',
    toMe,
    <>
      {isPublic && policy.entry === 'open' ? <OpenToTheWorld /> : ''}
      {isSaved ? (
        <p class="hint" role="status">
          Saved. It holds from now on.
        </p>
      ) : (
        ''
      )}
      <section class="panel" aria-label="Who may enter and do what">
        <MethodForm method="PATCH" action="/policy">
          <Select
            label="Who may enter"
            name="entry"
            value={policy.entry}
            options={[
              ['open', 'everybody: guests are welcome'],
              ['invited', 'accounts, and guests who have a link'],
              ['members', 'accounts alone'],
            ]}
          />
          <Select
            label="Who may make an account"
            name="accounts"
            value={policy.accounts}
            options={[
              ['anyone', 'anybody'],
              ['invited', 'who has a link'],
              ['nobody', 'nobody: I add people myself'],
            ]}
          />
          <Select
            label="Who may make rooms"
            name="rooms"
            value={policy.rooms}
            options={[
              ['anyone', 'everybody, guests too'],
              ['members', 'accounts'],
              ['owners', 'owners of the server'],
            ]}
          />
          <label class="field">
            <span>Keep messages for so many days; for ever where nothing stands here</span>
            <input
              name="retention_days"
              inputmode="numeric"
              pattern="[0-9]*"
              value={policy.retentionDays ?? ''}
            />
          </label>
          <button type="submit">Save</button>
        </MethodForm>
        <p class="hint">
          Closing takes effect at once: whoever may not be here any more sees nothing more. What is
          too old is deleted for good, within minutes; a room may keep less than the server.
        </p>
      </section>
    </>,
  )

const OpenToTheWorld = () => (
  <div class="alert" role="note">
    <p>
      This server answers under a public name, and everybody may enter. If that is not what you
      want, let in accounts alone, or guests who have a link.
    </p>
  </div>
)

export const policyJson = (policy: Policy) => ({
  entry: policy.entry,
  accounts: policy.accounts,
  rooms: policy.rooms,
  retention_days: policy.retentionDays,
  file_mib: Math.round(policy.fileBytes / BYTES_IN_MIB),
})

export const policyText = (policy: Policy): string =>
  Object.entries(policyJson(policy))
    .map(([name, value]) => `${name}: ${value ?? 'for ever'}\n`)
    .join('')
