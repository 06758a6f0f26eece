import type { Invitation } from '../chat/links.ts'
import type { Person, Profile } from '../chat/people.ts'
import { limits } from '../limits.ts'
import { PasswordField, ProfileFields } from './person.tsx'
import { PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'
import { harmless } from './text.ts'

type Props = {
  invitation: Invitation
  token: string
  person: Person | null
  suggestion: Profile
  /** Whether guests are taken: else whoever has no account makes one. */
  isForGuests: boolean
}

/** Where an invitation leads, and the way in. */
export const invitationFragment = (props: Props): string => {
  const { invitation, person, isForGuests } = props
  return render(
    <>
      <Title text={`${invitation.name} · Natter`} />
      <PageStyle />
      <div class="home">
        <main class="home-main invitation">
          <header>
            <h1>
              <bdi>{invitation.name}</bdi>
            </h1>
            {invitation.topic ? <p class="hint">{invitation.topic}</p> : ''}
            <p>
              <bdi>{invitation.by}</bdi> invites you to{' '}
              {invitation.access === 'read' ? 'read' : 'talk'}
              {' here'}
              {invitation.history === 'from_now' ? ', from when you come' : ''}.
            </p>
          </header>
          {person && (person.kind !== 'guest' || isForGuests) ? (
            <Known {...props} />
          ) : isForGuests ? (
            <AsGuest {...props} />
          ) : (
            <WithAccount {...props} />
          )}
        </main>
      </div>
    </>,
  )
}

const Known = ({ token, person }: Props) => (
  <form class="panel" method="post" action={`/join/${token}`}>
    <p class="hint">
      You are <bdi>{person?.name}</bdi>.
    </p>
    <button type="submit">Come in</button>
  </form>
)

const AsGuest = ({ token, suggestion }: Props) => (
  <section class="panel" aria-label="Come in">
    <form method="post" action={`/join/${token}`} class="profile">
      <ProfileFields profile={suggestion} />
      <button type="submit">Come in</button>
    </form>
    <p class="hint">
      No account is needed. If you have one, <a href={`/me?to=/join/${token}`}>sign in</a> first.
    </p>
  </section>
)

const WithAccount = ({ invitation, token, suggestion }: Props) => (
  <section class="panel" aria-label="Make an account">
    <form method="post" action="/accounts">
      <input type="hidden" name="invite" value={token} />
      <input type="hidden" name="to" value={`/r/${invitation.slug}`} />
      <label class="field">
        <span>Name</span>
        <input
          name="name"
          value={suggestion.name}
          required
          autocomplete="username"
          spellcheck={false}
        />
      </label>
      <PasswordField kind="new" />
      <button type="submit">Make an account and come in</button>
    </form>
    <p class="hint">
      A password has at least {limits.passwordCharsMin} characters. If you have an account,{' '}
      <a href={`/me?to=/join/${token}`}>sign in</a> first.
    </p>
  </section>
)

/** An invitation for programs. */
export const invitationJson = ({ slug, name, topic, access, history, by }: Invitation) => ({
  room: { slug, name, topic },
  access,
  history,
  by,
})

export const invitationText = ({ name, access, by }: Invitation): string =>
  `${harmless(by)} invites you to ${access} in ${harmless(name)}. POST here to come in.\n`
