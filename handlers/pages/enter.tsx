import type { EntryLink } from '../chat/entry-links.ts'
import type { Person, Profile } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import { limits } from '../limits.ts'
import { Alert } from './alert.tsx'
import { pageFragment } from './page.tsx'
import { Name, PasswordField, ProfileFields, personJson } from './person.tsx'

export type EnterProps = {
  link: EntryLink
  /** Who has opened the link; null for a visitor. */
  person: Person | null
  /** What stands in the fields. */
  profile: Profile
  /** Where the form goes. */
  action: string
  refusal?: Refusal
}

const toRooms = { href: '/', name: 'All rooms' }

const titles = {
  first_owner: 'Own this server',
  owner: 'Become an owner',
  sign_in: 'Sign in',
}

/** The page of a link that lets somebody in once. */
export const enterFragment = (props: EnterProps): string =>
  pageFragment(
    titles[props.link.purpose],
    toRooms,
    <section class="panel" aria-label={titles[props.link.purpose]}>
      {props.refusal ? <Alert refusal={props.refusal} /> : ''}
      {props.link.purpose === 'sign_in' ? (
        <SignIn {...props} person={props.link.person} hasPassword={props.link.hasPassword} />
      ) : (
        <Own {...props} />
      )}
    </section>,
  )

type SignInProps = { action: string; person: Person; hasPassword: boolean }

const SignIn = ({ action, person, hasPassword }: SignInProps) => (
  <>
    <p>
      You sign in as <Name person={person} />.
    </p>
    <p class="hint">
      {hasPassword
        ? 'A new password takes the place of the one you have, and signs you out everywhere else.'
        : 'With a password you can sign in again, here and on your other devices.'}{' '}
      {passwordHint} This link works once.
    </p>
    <form method="post" action={action}>
      <PasswordField kind="new" label="New password" isOptional={hasPassword} />
      <button type="submit">Sign in</button>
    </form>
  </>
)

const passwordHint = `A password has at least ${limits.passwordCharsMin} characters; a few words do well.`

const Own = (props: EnterProps) => (
  <>
    <p>Owners add members, and let people in and out.</p>
    <p class="hint">{ownHint(props.person)} This link works once.</p>
    {props.person?.kind === 'owner' ? '' : <OwnForm {...props} />}
  </>
)

function ownHint(person: Person | null): string {
  if (!person)
    return 'Make your account. Have you one already? Sign in first, then open this link again.'
  if (person.kind === 'guest') return 'You stay who you are, and get an account.'
  return person.kind === 'owner' ? 'You are one already.' : `You stay ${person.name}.`
}

const OwnForm = ({ person, profile, action, link }: EnterProps) => (
  <form method="post" action={action}>
    {person?.kind === 'member' ? (
      ''
    ) : (
      <>
        <ProfileFields profile={profile} />
        <PasswordField kind="new" />
        <p class="hint">{passwordHint}</p>
      </>
    )}
    <button type="submit">{titles[link.purpose]}</button>
  </form>
)

/** What a link would do, for programs. */
export const enterJson = (link: EntryLink) =>
  link.purpose === 'sign_in'
    ? {
        purpose: link.purpose,
        person: personJson(link.person),
        has_password: link.hasPassword,
      }
    : { purpose: link.purpose }

export const enterText = (link: EntryLink): string =>
  link.purpose === 'sign_in'
    ? `${titles.sign_in} as ${link.person.name}\n`
    : `${titles[link.purpose]}\n`
