import type { Person } from '../chat/people.ts'
import type { Refusal } from '../chat/refusal.ts'
import type { Listed, Roster } from '../chat/roster.ts'
import { Alert } from './alert.tsx'
import { Once, pageFragment, toMe, When } from './page.tsx'
import { Mark, Name, personJson } from './person.tsx'

type Props = {
  /** The owner who looks. */
  me: Person
  list: Roster | null
  /** Somebody who was given a link just now. */
  invited?: { person: Person; url: string }
  refused?: { refusal: Refusal; name: string }
}

/** The page of those who have an account, for the server's owners. */
export const peopleFragment = (props: Props): string =>
  pageFragment(
    'People',
    toMe,
    <>
      {props.invited ? <Invited {...props.invited} /> : ''}
      <AddForm {...props} />
      <section class="panel" aria-label="People with an account">
        <ul class="rows">
          {props.list?.people.map((person) => (
            <li>
              <PersonRow person={person} isMe={person.id === props.me.id} />
            </li>
          ))}
        </ul>
        {props.list?.next ? <a href={`/people?after=${props.list.next}`}>More people</a> : ''}
      </section>
    </>,
  )

const Invited = ({ person, url }: { person: Person; url: string }) => (
  <section class="panel" aria-labelledby="invited-title">
    <h2 id="invited-title">
      A link for <Name person={person} />
    </h2>
    <p class="hint">
      Give it to them alone: whoever opens it is signed in as them. It works once, within a day, and
      is not shown again.
    </p>
    <Once text={url} />
  </section>
)

const AddForm = ({ refused }: Props) => (
  <section class="panel" aria-labelledby="add-title">
    <h2 id="add-title">Add somebody</h2>
    {refused ? <Alert refusal={refused.refusal} /> : ''}
    <p class="hint">You get a link for them, by which they sign in and set a password.</p>
    <form method="post" action="/people">
      <label class="field">
        <span>Name</span>
        <input
          name="name"
          value={refused?.name ?? ''}
          required
          autocomplete="off"
          spellcheck={false}
        />
      </label>
      <button type="submit">Add</button>
    </form>
  </section>
)

type RowProps = { person: Listed; isMe: boolean }

/** Somebody; what an owner may do about them is folded away until it is wanted. */
const PersonRow = ({ person, isMe }: RowProps) => (
  <details class="acts">
    <summary class="row">
      <Mark person={person} />
      <span class="row-text">
        <Name person={person} />
        <span class="hint">
          {person.usedAt ? (
            <>
              Last here <When at={person.usedAt} />
            </>
          ) : (
            'Not here yet'
          )}
        </span>
      </span>
      <span class="tag">{tagOf(person, isMe)}</span>
    </summary>
    <Acts person={person} isMe={isMe} />
  </details>
)

function tagOf({ kind, isBanned }: Listed, isMe: boolean): string {
  if (isBanned) return 'Banned'
  if (kind === 'owner') return isMe ? 'Owner, you' : 'Owner'
  return 'Member'
}

function Acts({ person, isMe }: RowProps) {
  const path = `/people/${person.id}`
  if (person.isBanned) {
    return (
      <div class="act-list">
        <Act action={`${path}/ban`} method="DELETE" button="Let in again" person={person} />
      </div>
    )
  }
  if (person.kind === 'owner') {
    const button = isMe ? 'Be a member again' : 'Make a member'
    return (
      <div class="act-list">
        <Act action={path} method="PATCH" kind="member" button={button} person={person} />
      </div>
    )
  }
  return (
    <div class="act-list">
      <Act action={`${path}/link`} button="Make a link" person={person} />
      <Act action={path} method="PATCH" kind="owner" button="Make an owner" person={person} />
      <Act action={`${path}/ban`} method="PUT" button="Ban" person={person} />
    </div>
  )
}

type ActProps = {
  action: string
  method?: string
  kind?: string
  button: string
  person: Person
}

const Act = ({ action, method, kind, button, person }: ActProps) => (
  <form method="post" action={action}>
    {method ? <input type="hidden" name="_method" value={method} /> : ''}
    {kind ? <input type="hidden" name="kind" value={kind} /> : ''}
    <button type="submit" class="plain">
      {button}
      <span class="visually-hidden">: {person.name}</span>
    </button>
  </form>
)

/** Somebody, for the programs of this page. */
export const listedJson = (person: Listed) => ({
  ...personJson(person),
  used_at: person.usedAt?.toISOString() ?? null,
  banned: person.isBanned,
})

/** The same for programs; `next` goes into `after=`. */
export const peopleJson = ({ people, next }: Roster) => ({
  people: people.map(listedJson),
  next: next === null ? null : String(next),
})

/** Somebody who was given a link, which is shown once. */
export const invitedJson = (person: Person, url: string) => ({ person: personJson(person), url })

/** A line for each. */
export const peopleText = (people: Listed[]): string =>
  people.map((one) => `${one.id} ${one.isBanned ? 'banned' : one.kind} ${one.name}\n`).join('')
