import { gzipSync } from 'node:zlib'
import type { Message } from '../chat/messages.ts'
import type { Form } from '../http/representation.ts'
import { limits } from '../limits.ts'
import { writeCursor } from '../live/cursor.ts'
import type { Batch } from '../live/log.ts'
import { once } from '../live/once.ts'
import { streamEvent } from '../pages/stream.ts'
import {
  changesFragment,
  changesPath,
  eventJson,
  hintsFragment,
  pollerFragment,
} from '../pages/talk.tsx'
import { messagesText } from '../pages/text.ts'

/** Whose log a batch is of, and how a place in it is written for clients. */
export type Source = {
  /** Tells those apart who get the same batch with other cursors. */
  key: string
  slug: string
  cursor: (seq: number) => string
  /** Where to ask for what follows a cursor. */
  path: (cursor: string) => string
}

/** A room's log, for those who ask for that room alone. */
export const roomSource = (slug: string, epoch: string): Source => ({
  key: '',
  slug,
  cursor: (seq) => writeCursor(epoch, seq),
  path: (cursor) => changesPath(slug, cursor),
})

/** The forms in which changes are told. */
export type ChangesForm = Exclude<Form, 'page'>

/** Where a reader of a batch goes on. */
export const nextPath = ({ cursor, path }: Source, batch: Batch): string => path(cursor(batch.next))

/** A batch in a form, made once for all who are told it. */
export const batchText = (source: Source, batch: Batch, form: ChangesForm): string =>
  once(batch, `${form}${source.key}`, () => texts[form](source, batch))

const texts: Record<ChangesForm, (source: Source, batch: Batch) => string> = {
  json: (source, batch) => JSON.stringify(changesJson(source, batch)),
  fragment: (source, batch) =>
    changesFragment(source.slug, batch) +
    hintsFragment(batch.hints) +
    pollerFragment(nextPath(source, batch)),
  text: (_, batch) => messagesText(postedIn(batch)),
}

/** The messages that are new in a batch. */
export const postedIn = (batch: Batch): Message[] =>
  batch.events.flatMap(({ type, message }) =>
    type === 'message.posted' && message ? [message] : [],
  )

/** Changes for programs. */
export const changesJson = ({ slug, cursor }: Source, batch: Batch) => ({
  events: batch.events.map((event) => eventJson(slug, event)),
  next: cursor(batch.next),
  more: batch.more,
  reset: false,
  ...(batch.hints ? { hints: batch.hints.map(({ text }) => JSON.parse(text)) } : {}),
})

/** The forms of an event stream's data. */
export type StreamForm = 'json' | 'html'

/** A batch as the lines of an event stream, made once for all who are told it. */
export const batchLines = (source: Source, batch: Batch, form: StreamForm): string =>
  once(batch, `stream ${form}${source.key}`, () => lines[form](source, batch))

const lines: Record<StreamForm, (source: Source, batch: Batch) => string> = {
  json: ({ slug, cursor }, { events }) =>
    events
      .map((event) =>
        streamEvent({ id: cursor(event.seq), data: JSON.stringify(eventJson(slug, event)) }),
      )
      .join(''),
  html: ({ slug, cursor }, batch) =>
    streamEvent({ id: cursor(batch.next), data: changesFragment(slug, batch) }),
}

/** A text as bytes, compressed where that is taken and worth it. */
export function zipped(text: string, isTaken: boolean): { body: Buffer; encoding?: 'gzip' } {
  const plain = Buffer.from(text)
  if (!isTaken || plain.length < limits.zipBytes) return { body: plain }
  return { body: gzipSync(plain), encoding: 'gzip' }
}

/** Whether an `Accept-Encoding` header takes gzip. */
export const takesGzip = (accepted: string | undefined): boolean =>
  accepted !== undefined && /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)
