import type { Message } from '../chat/messages.ts'
import { renderBody } from './markdown/body.ts'
import { Written } from './raw.tsx'

/** What a message says, or that it says nothing any more. */
export function MessageBody({ slug, message }: { slug: string; message: Message }) {
  if (message.deleted) return <p class="gone">This message was deleted.</p>
  return <Written html={renderBody(message.body, message.named, slug)} />
}
