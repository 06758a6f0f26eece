import type { Person } from '../chat/people.ts'

/** Where a member finds all that belongs to their account; an owner the others' as well. */
export const AccountLinks = ({ person }: { person: Person }) => (
  <nav class="panel" aria-label="Your account">
    <ul class="rows">
      <Way href="/devices" name="Devices" text="Where you are signed in" />
      <Way href="/me/password" name="Password" text="Set another one" />
      <Way href="/passkeys" name="Passkeys" text="Sign in without your password" />
      <Way href="/tokens" name="Tokens" text="For your programs" />
      <Way href="/emoji" name="Emoji" text="Of this server’s own" />
      {person.kind === 'owner' ? <Owners /> : ''}
    </ul>
  </nav>
)

const Owners = () => (
  <>
    <Way href="/people" name="People" text="Who has an account here" />
    <Way href="/policy" name="Who may enter" text="And who may make accounts and rooms" />
    <Way href="/audit" name="What was done" text="By owners and moderators" />
  </>
)

const Way = ({ href, name, text }: { href: string; name: string; text: string }) => (
  <li>
    <a class="row" href={href}>
      <span class="row-text">
        <span class="row-name">{name}</span>
        <span class="hint">{text}</span>
      </span>
    </a>
  </li>
)
