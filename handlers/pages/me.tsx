import type { Person, Profile } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import { Alert } from './alert.tsx'
import { Mark, Name, ProfileFields, personJson } from './person.tsx'
import { Icon, Title } from './raw.tsx'
import { render } from './render.ts'

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

type MeProps = {
  person: Person | null
  /** What stands in the form: what I am called, what I typed, or a suggestion. */
  profile: Profile
  refusal?: Refusal
}

/** The page on which one picks a name and a colour. */
export const meFragment = ({ person, profile, refusal }: MeProps): string =>
  render(
    <>
      <Title text="You · Natter" />
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
            {refusal ? <Alert refusal={refusal} /> : ''}
            <ProfileForm profile={profile} to="/" button={person ? 'Save' : 'Join'} />
            {person ? (
              <p class="hint">What you wrote before keeps the name it was written under.</p>
            ) : (
              <p class="hint">No account is needed. This browser will remember you.</p>
            )}
          </section>
        </main>
      </div>
    </>,
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
export const meJson = (person: Person | null, suggestion: Profile) =>
  person
    ? personJson(person)
    : { id: null, name: null, color: null, kind: 'visitor' as const, suggestion }
