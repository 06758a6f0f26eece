import type { Person, Profile } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { AccountLinks } from './account-links.tsx'
import { Alert } from './alert.tsx'
import { HintsSwitch } from './hints-switch.tsx'
import { PasskeySignIn } from './passkey-controls.tsx'
import { Mark, Name, PasswordField, ProfileFields, personJson } from './person.tsx'
import { Icon, PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'
import { Connect, type ProviderWay, SignInWith } from './single-sign-on.tsx'

/** Who I am, at the head of each page. */
export const Me = ({ person }: { person: Person | null }) => (
  <a class="me" href="/me">
    {person ? (
      <>
        <Mark person={person} />
        <Name person={person} />
        <span class="visually-hidden">, change name or colour</span>
      </>
    ) : (
      'Pick a name'
    )}
  </a>
)

/** The forms of the page. */
export type MeForm = 'profile' | 'account' | 'session'

type MeProps = {
  person: Person | null
  /** What stands in the forms: what I am called, what I typed, or a suggestion. */
  profile: Profile
  refused?: { form: MeForm; refusal: Refusal }
  provider?: ProviderWay | undefined
  /** Whether others are told that I am here; undefined where that is not mine to say. */
  hints?: boolean | undefined
  /** Where to go on once one is signed in: a path of ours. */
  to?: string | undefined
}

/** The page on which one picks a name and a colour, makes an account, signs in and out. */
export const meFragment = (props: MeProps): string =>
  render(
    <>
      <Title text="You · Natter" />
      <PageStyle />
      <div class="home">
        <header class="head">
          <a class="back" href="/">
            <Icon name="arrow-left" />
            <span class="visually-hidden">All rooms</span>
          </a>
          <h1>You</h1>
        </header>
        <main class="home-main">
          <section class="panel">
            <Refused form="profile" {...props} />
            <ProfileForm
              profile={profileIn(props)}
              to="/"
              button={props.person ? 'Save' : 'Join'}
            />
            <p class="hint">{hintFor(props.person)}</p>
          </section>
          {props.hints === undefined ? '' : <HintsSwitch hints={props.hints} />}
          {props.person && props.person.kind !== 'guest' ? (
            <>
              {props.provider ? <Connect {...props.provider} /> : ''}
              <AccountLinks person={props.person} />
              <SignOut {...props} />
            </>
          ) : (
            <Ways {...props} />
          )}
        </main>
      </div>
    </>,
  )

/** What was typed into another form is no name for this one. */
const profileIn = ({ person, profile, refused }: MeProps): Profile =>
  refused && refused.form !== 'profile' && person ? person : profile

const Refused = ({ form, refused }: MeProps & { form: MeForm }) =>
  refused?.form === form ? <Alert refusal={refused.refusal} /> : ''

function hintFor(person: Person | null): string {
  if (!person) return 'No account is needed. This browser will remember you.'
  const kept = 'What you wrote before keeps the name it was written under.'
  return person.kind === 'guest' ? kept : `You sign in with this name. ${kept}`
}

/** For whoever has no account, or is not signed in to theirs. */
const Ways = (props: MeProps) => (
  <section class="ways" aria-label="Accounts">
    {props.provider ? <SignInWith {...props.provider} isGuest={props.person !== null} /> : ''}
    <Way form="account" title="Make an account" {...props}>
      <p class="hint">
        {props.person
          ? 'You stay who you are, and can sign in on your other devices.'
          : 'With an account you can sign in on your other devices.'}{' '}
        A password has at least {limits.passwordCharsMin} characters; a few words do well.
      </p>
      <form method="post" action="/accounts">
        <input type="hidden" name="to" value="/me" />
        <NameField name={props.profile.name} />
        <PasswordField kind="new" />
        <button type="submit">Make an account</button>
      </form>
    </Way>
    <Way form="session" title="Sign in" {...props}>
      {props.person ? (
        <p class="hint">
          What you wrote as {props.person.name} stays, and is no longer yours to change.
        </p>
      ) : (
        ''
      )}
      <form method="post" action="/sessions">
        {props.to ? <input type="hidden" name="to" value={props.to} /> : ''}
        <NameField name={props.refused?.form === 'session' ? props.profile.name : ''} />
        <PasswordField kind="current" />
        <button type="submit">Sign in</button>
      </form>
      <PasskeySignIn />
    </Way>
  </section>
)

type WayProps = MeProps & { form: MeForm; title: string; children?: unknown }

/** One thing that one may want to do here, folded away until then. */
const Way = ({ form, title, children, ...props }: WayProps) => (
  <details class="panel" open={props.refused?.form === form || (form === 'session' && !!props.to)}>
    <summary>{title}</summary>
    <Refused form={form} {...props} />
    {children}
  </details>
)

const NameField = ({ name }: { name: string }) => (
  <label class="field">
    <span>Name</span>
    <input name="name" value={name} required autocomplete="username" spellcheck={false} />
  </label>
)

/** For a member. Another tab of theirs may still have shown the forms for others. */
const SignOut = (props: MeProps) => (
  <section class="panel" aria-label="Sign out">
    <Refused form="account" {...props} />
    <Refused form="session" {...props} />
    <p class="hint">You are signed in on this device, until you sign out.</p>
    <form method="post" action="/sessions/current">
      <input type="hidden" name="_method" value="DELETE" />
      <button type="submit" class="plain">
        Sign out
      </button>
    </form>
  </section>
)

type FormProps = { profile: Profile; to: string; button: string }

/** Works without JavaScript: a form cannot send PATCH, so it says what it means. */
export const ProfileForm = ({ profile, to, button }: FormProps) => (
  <form method="post" action="/me" class="profile">
    <input type="hidden" name="_method" value="PATCH" />
    <input type="hidden" name="to" value={to} />
    <ProfileFields profile={profile} />
    <button type="submit">{button}</button>
  </form>
)

/** Me, for programs. A visitor gets a name to pick. */
export const meJson = (person: Person | null, suggestion: Profile, hints?: boolean) =>
  person
    ? { ...personJson(person), ...(hints === undefined ? {} : { hints }) }
    : { id: null, name: null, color: null, kind: 'visitor' as const, suggestion }
