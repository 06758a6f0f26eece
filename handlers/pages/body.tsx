import type { Child } from 'hono/jsx'
import type { Message } from '../chat/messages.ts'

/** What a message says: its text as it was written, with its links. */
export function MessageBody({ message }: { message: Message }) {
  if (message.deleted) return <p class="gone">This message was deleted.</p>
  return <p>{linked(message.body)}</p>
}

// A full stop or bracket behind an address is the sentence's, not the address's.
const address = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g

/** The text with its web addresses as links. JSX escapes all of it. */
function linked(text: string): Child[] {
  const parts: Child[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    parts.push(text.slice(end, match.index))
    parts.push(<Link to={match[0]} />)
    end = match.index + match[0].length
  }
  parts.push(text.slice(end))
  return parts
}

const Link = ({ to }: { to: string }) => (
  <a href={to} target="_blank" rel="noopener nofollow ugc">
    {to}
  </a>
)
