import type { Standing } from '../chat/access.ts'
import type { Banned } from '../chat/members.ts'
import type { Room } from '../chat/rooms.ts'
import { About, MethodForm } from './about.tsx'
import { When } from './page.tsx'
import { Mark, Name } from './person.tsx'
import { render } from './render.ts'
import { harmless } from './text.ts'

type Props = { room: Room; standing: Standing; bans: Banned[] }

/** Whom a room keeps out. */
export const bansFragment = ({ room, standing, bans }: Props): string =>
  render(
    <About room={room} standing={standing} part="bans">
      <section aria-labelledby="bans-title">
        <h2 id="bans-title">Banned</h2>
        {bans.length === 0 ? <p class="hint">Nobody is banned from this room.</p> : ''}
        <ul class="cards">
          {bans.map(({ person, by, at }) => (
            <li class="card">
              <Mark person={person} />
              <span class="card-text">
                <Name person={person} />
                <span class="card-topic">
                  by <bdi>{by}</bdi>, <When at={at} />
                </span>
              </span>
              <MethodForm method="DELETE" action={`/r/${room.slug}/bans/${person.id}`}>
                <button type="submit" class="plain">
                  Let in again
                </button>
              </MethodForm>
            </li>
          ))}
        </ul>
      </section>
    </About>,
  )

export const bansText = (bans: readonly Banned[]): string =>
  bans.map(({ person }) => `${person.id}  ${harmless(person.name)}\n`).join('')
