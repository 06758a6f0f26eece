/** Events of a room's log as they are read, made up. */
import { plainMessage } from '../../handlers/chat/messages.ts'
import type { LogEvent } from '../../handlers/live/log.ts'

const at = new Date('2026-11-22T10:06:00Z')

const message = (n: number, body: string, deleted = false) => ({
  n,
  author: { id: 1, name: 'ann', color: '#336699', kind: 'guest' as const },
  body,
  at,
  editedAt: null,
  deleted,
  version: 1,
  ...plainMessage,
})

/** The event that made the message of its number. */
export const posted = (seq: number, body = `said ${seq}`): LogEvent => ({
  seq,
  type: 'message.posted',
  by: 1,
  at,
  message: message(seq, body),
})

/** The event of a later change, with the message as it is from then on. */
export const edited = (seq: number, n: number, body: string): LogEvent => ({
  ...posted(seq),
  type: 'message.edited',
  message: message(n, body),
})

export const deleted = (seq: number, n: number): LogEvent => ({
  ...posted(seq),
  type: 'message.deleted',
  message: message(n, '', true),
})
