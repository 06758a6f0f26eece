import type { Child } from 'hono/jsx'
import { isAtLeast, type Standing } from '../chat/access.ts'
import type { Room } from '../chat/rooms.ts'
import { Icon, PageStyle, Title } from './raw.tsx'

/** The pages about a room, beside its talk. */
export type AboutPart = 'members' | 'pins' | 'settings' | 'links' | 'bans' | 'reports' | 'audit'

const parts: [AboutPart, string][] = [
  ['members', 'People'],
  ['pins', 'Pinned'],
  ['settings', 'Settings'],
  ['links', 'Links'],
  ['reports', 'Reports'],
  ['bans', 'Banned'],
  ['audit', 'What was done'],
]

type AboutProps = {
  room: Room
  standing: Standing
  part: AboutPart
  children?: Child
}

/** A page about a room: where it stands among the others, and the way back to the talk. */
export const About = ({ room, standing, part, children }: AboutProps) => (
  <>
    <Title text={`${labelOf(part)} · ${room.name} · Natter`} />
    <PageStyle />
    <div class="home">
      <header class="head">
        <a class="back" href={`/r/${room.slug}`}>
          <Icon name="arrow-left" />
          <span class="visually-hidden">Back to {room.name}</span>
        </a>
        <h1>
          <bdi>{room.name}</bdi>
        </h1>
      </header>
      <nav class="tabs" aria-label="About this room">
        <ul>
          {parts
            .filter(([name]) => isShown(name, room, standing))
            .map(([name, label]) => (
              <li>
                <a
                  href={`/r/${room.slug}/${name}`}
                  {...(name === part ? { 'aria-current': 'page' } : {})}
                >
                  {label}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <main class="home-main">{children}</main>
    </div>
  </>
)

const labelOf = (part: AboutPart) => parts.find(([name]) => name === part)?.[1] ?? ''

/** What only moderators see and do stands there for moderators alone. */
const isShown = (part: AboutPart, room: Room, { role }: Standing) =>
  part === 'members' ||
  part === 'pins' ||
  (!room.direct && (part === 'settings' || isAtLeast(role, 'moderator')))

/** A form that a browser without a script sends in place of another method. */
export const MethodForm = ({
  method,
  action,
  children,
  ...more
}: {
  method: 'PUT' | 'PATCH' | 'DELETE'
  action: string
  class?: string
  children?: Child
}) => (
  <form method="post" action={action} {...more}>
    <input type="hidden" name="_method" value={method} />
    {children}
  </form>
)

type SelectProps = {
  label: string
  name: string
  value: string
  options: readonly (readonly [value: string, label: string])[]
}

/** A choice of a few. */
export const Select = ({ label, name, value, options }: SelectProps) => (
  <label class="field">
    <span>{label}</span>
    <select name={name}>
      {options.map(([one, words]) => (
        <option value={one} selected={one === value}>
          {words}
        </option>
      ))}
    </select>
  </label>
)
