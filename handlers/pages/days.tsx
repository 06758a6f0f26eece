import type { Room } from '../chat/rooms.ts'
import { pageFragment } from './page.tsx'

/** Where one chooses a day of a room to go to. */
export const daysFragment = (room: Room): string =>
  pageFragment(
    'Go to a day',
    { href: `/r/${room.slug}`, name: room.name },
    <form class="panel days" action={`/r/${room.slug}`}>
      <label class="field">
        <span>The day</span>
        <input type="date" name="date" required />
      </label>
      <button type="submit">Go</button>
    </form>,
  )
