import type { Version } from '../chat/edits.ts'
import type { Message } from '../chat/messages.ts'
import type { Room } from '../chat/rooms.ts'
import { pageFragment, When } from './page.tsx'
import { harmless } from './text.ts'

type Props = { message: Message; versions: Version[] }

/** What a message said, the present version first, each as it was typed. */
export const versionsFragment = (room: Room, { message, versions }: Props): string =>
  pageFragment(
    'What it said before',
    { href: `/r/${room.slug}/messages/${message.n}`, name: 'The message' },
    <ol class="deeds">
      {versions.map(({ body, at }, i) => (
        <li>
          <When at={at} /> {i === 0 ? 'now' : ''}
          <p class="as-typed" dir="auto">
            {body}
          </p>
        </li>
      ))}
    </ol>,
  )

export const versionsJson = (versions: Version[]) => ({
  versions: versions.map(({ version, body, at }) => ({ version, body, at: at.toISOString() })),
})

export const versionsText = (versions: Version[]): string =>
  versions
    .map(({ version, body, at }) => {
      const lines = body.split('\n').map((line) => harmless(line.replaceAll('\t', '    ')))
      return `${version}  ${at.toISOString().slice(0, 16).replace('T', ' ')} ${lines.join('\n    ')}\n`
    })
    .join('')
