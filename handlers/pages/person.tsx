import type { Person, Profile } from '../chat/people.ts'
import { limits } from '../limits.ts'
import { hueClass } from './palette.ts'

/** A person's round mark with their initials, in the nearest hue of the palette. */
export const Mark = ({ person }: { person: Profile }) => (
  <span class={`mark ${hueClass(person.color)}`} aria-hidden="true">
    {initials(person.name)}
  </span>
)

/** A person's name in their colour; isolated, since it may run the other way. */
export const Name = ({ person }: { person: Profile }) => (
  <bdi class={`name ${hueClass(person.color)}`}>{person.name}</bdi>
)

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The first characters of the first two words, as people see characters. */
function initials(name: string): string {
  const words = name.split(/[\s_.-]+/).filter((word) => word !== '')
  return words.slice(0, 2).map(firstGrapheme).join('').toLocaleUpperCase('en')
}

const firstGrapheme = (word: string): string => {
  for (const { segment } of graphemes.segment(word)) return segment
  return ''
}

/** The fields for a name and a colour. */
export const ProfileFields = ({ profile }: { profile: Profile }) => (
  <div class="fields">
    <label class="field grow">
      <span>Name</span>
      <input name="name" value={profile.name} required autocomplete="nickname" spellcheck={false} />
    </label>
    <label class="field">
      <span>Colour</span>
      <input name="color" type="color" value={profile.color} />
    </label>
  </div>
)

type PasswordProps = {
  kind: 'new' | 'current'
  name?: string
  label?: string
  isOptional?: boolean
}

/** The field for a password. Nothing ever stands in it: a password is not told to anybody. */
export const PasswordField = ({
  kind,
  name = 'password',
  label = 'Password',
  isOptional = false,
}: PasswordProps) => (
  <label class="field">
    <span>
      {label}
      {isOptional ? <small> if you like</small> : ''}
    </span>
    <input
      name={name}
      type="password"
      required={!isOptional}
      {...(kind === 'new' ? { minlength: limits.passwordCharsMin } : {})}
      autocomplete={`${kind}-password`}
    />
  </label>
)

/** What a program gets to know of a person. */
export const personJson = (person: Person) => ({
  id: String(person.id),
  name: person.name,
  color: person.color,
  kind: person.kind,
})
