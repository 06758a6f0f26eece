import type { Message } from '../chat/messages.ts'
import type { Passkey } from '../chat/passkeys.ts'
import type { ListedRoom, Room } from '../chat/rooms.ts'
import { fileUrl, sizeText } from './files.tsx'

// A terminal obeys control characters: a message must not move its cursor or clear its screen.
const controls = /[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu

export const harmless = (text: string) => text.replace(controls, '\u{fffd}')

/** A message as a line, further lines of it indented: `2026-11-22 10:06 ann: hello`. UTC. */
export function messageText(message: Message): string {
  const at = message.at.toISOString()
  const body = message.deleted ? '(deleted)' : message.body
  const files = message.files.map((file) => `${fileUrl(file)} (${sizeText(file.size)})`)
  const lines = [...(body || files.length === 0 ? body.split('\n') : []), ...files].map((line) =>
    harmless(line.replaceAll('\t', '    ')),
  )
  const head = `${at.slice(0, 10)} ${at.slice(11, 16)} ${harmless(message.author.name)}:`
  return `${head} ${lines.join('\n    ')}\n`
}

export const messagesText = (messages: Message[]): string => messages.map(messageText).join('')

/** A room for a terminal: its name and topic, then the talk. */
export function roomText(room: Room, messages: Message[]): string {
  const topic = room.topic ? `: ${harmless(room.topic)}` : ''
  const talk = messages.length > 0 ? messagesText(messages) : '(nothing has been said yet)\n'
  return `# ${harmless(room.name)}${topic}\n${talk}`
}

/** The rooms for a terminal, one a line. */
export function roomsText(rooms: ListedRoom[]): string {
  const lines = rooms.map((room) => {
    const topic = room.topic ? `: ${harmless(room.topic)}` : ''
    const unread = room.unread > 0 ? `  (${room.unread} unread)` : ''
    return `/r/${room.slug}  ${harmless(room.name)}${topic}${unread}\n`
  })
  return lines.join('')
}

/** Somebody's passkeys for a terminal, one a line. */
export const passkeysText = (passkeys: Passkey[]): string =>
  passkeys.map(({ id, name }) => `/passkeys/${id}  ${harmless(name)}\n`).join('') ||
  '(no passkeys yet)\n'
