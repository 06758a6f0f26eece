import type { IncomingMessage } from 'node:http'
import { Refusal } from '../chat/refusal.ts'
import type { ChangesForm } from '../routes/answers.ts'
import {
  type Changes,
  type Query,
  type Reading,
  readReading,
  readStream,
  type StreamReading,
} from '../routes/query.ts'
import { keyIn, readShown } from './shown.ts'

type Asker = {
  slug: string
  cookie: string
  /** What `Known` remembers them by. */
  key: string
  isZipped: boolean
}

export type AskedPoll = Asker & { form: ChangesForm; reading: Changes }
export type AskedStream = Asker & { form: 'stream'; reading: StreamReading }

/** A wait as it stands in a raw request. */
export type AskedWait = AskedPoll | AskedStream

/**
 * Reads a plain wait.
 * @returns undefined for anything else, and for whatever is not as it should be: the application
 *   answers that, with its reasons.
 */
export function readAskedWait(incoming: IncomingMessage): AskedWait | undefined {
  if (incoming.method !== 'GET' || incoming.httpVersionMinor !== 1) return undefined
  const place = readPlace(incoming.url ?? '')
  if (!place) return undefined
  const shown = readShown(incoming)
  if (!shown.isPlain) return undefined
  const { query, slug } = place
  const { cookie, isZipped, form } = shown
  const key = keyIn(shown, slug)
  if (form === 'stream') {
    const reading = readStream(query, shown.lastEventId)
    return reading instanceof Refusal ? undefined : { slug, cookie, key, isZipped, form, reading }
  }
  const reading = place.reading
  if (form === 'page' || reading instanceof Refusal || reading.of === 'page') return undefined
  return { slug, cookie, key, isZipped, form, reading }
}

type Place = { url: string; slug: string; query: Query; reading: Reading | Refusal }

const address = /^\/r\/([a-z0-9-]{1,60})\/messages\?([\w.&=-]*)$/

/** Those who were told the same ask for the same, one after the other. */
let lastPlace: Place | undefined

/** Which room's messages an address asks for; undefined where it is none of these, or not plain. */
function readPlace(url: string): Place | undefined {
  if (lastPlace?.url === url) return lastPlace
  const match = address.exec(url)
  const query = match && readQuery(match[2] ?? '')
  if (!query) return undefined
  lastPlace = { url, slug: match[1] ?? '', query, reading: readReading(query) }
  return lastPlace
}

/** The parameters of a query that is written plainly; undefined where it is not. */
export function readQuery(text: string): Query | undefined {
  const values = new Map<string, string>()
  if (text === '') return () => undefined
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at)
    if (at < 1 || values.has(name)) return undefined
    values.set(name, pair.slice(at + 1))
  }
  return (name) => values.get(name)
}
