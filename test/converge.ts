/** Readers who keep a list of messages by what they are sent, as a browser and a program do. */

/** A message's element, and the number that its place goes by. */
type Item = { id: string; n: number; html: string }

const beginning = /<li id="(m\d+)"[^>]* data-n="(\d+)"/g
const parts =
  /<hx-upsert hx-target="#messages"[^>]* sort="">([\s\S]*?)<\/hx-upsert>|<hx-partial hx-target="#(m\d+)" hx-swap="outerHTML">([\s\S]*?)<\/hx-partial>|<hx-partial hx-target="\.(q\d+)" hx-swap="innerHTML">([\s\S]*?)<\/hx-partial>/g
const retitled = /<hx-partial hx-target="#room-title" hx-swap="outerHTML">[\s\S]*?<\/hx-partial>/g
const poller = /^<div id="poller"[^>]*><\/div>$/

/** The messages of a fragment or page, in its order. */
export function itemsOf(html: string): Item[] {
  return [...html.matchAll(beginning)].map(({ index, 1: id = '', 2: n }) => ({
    id,
    n: Number(n),
    html: html.slice(index, endOf(html, index)),
  }))
}

/** Where the element `li` that begins somewhere ends: there may be lists in it. */
function endOf(html: string, begin: number): number {
  let depth = 0
  for (const { index, 0: tag } of html.slice(begin).matchAll(/<li\b|<\/li>/g)) {
    depth += tag === '</li>' ? -1 : 1
    if (depth === 0) return begin + index + tag.length
  }
  throw new Error(`A message has no end: ${html.slice(begin)}`)
}

/** Where a fragment says that its reader goes on: the last `after=` in it. */
export function cursorOf(html: string): string {
  const cursor = [...html.matchAll(/after=([0-9A-Za-z._-]+)/g)].at(-1)?.[1]
  if (!cursor) throw new Error(`No cursor in: ${html}`)
  return cursor
}

/**
 * What stands on the page after htmx has swapped in a fragment of changes: `hx-upsert` replaces
 * by id and else inserts in order, `hx-partial` replaces where its target is, wherever there is
 * one, and does nothing where there is none.
 */
export function applyFragment(before: readonly Item[], html: string): Item[] {
  const list = before.map((item) => ({ ...item }))
  for (const [, upserted, target, partial, quote, quoted = ''] of html.matchAll(parts)) {
    if (quote !== undefined) for (const item of list) item.html = requoted(item.html, quote, quoted)
    if (target !== undefined) replace(list, target, itemsOf(partial ?? ''))
    for (const item of itemsOf(upserted ?? '')) upsert(list, item)
  }
  const rest = html.replace(parts, '').replace(retitled, '')
  if (!poller.test(rest)) throw new Error(`Not understood in a fragment: ${rest}`)
  return list
}

const requoted = (html: string, name: string, by: string): string =>
  html.replace(
    new RegExp(`(<a [^>]* class="quote ${name}">)[\\s\\S]*?(</a>)`),
    `$1${by.replaceAll('$', '$$$$')}$2`,
  )

function replace(list: Item[], id: string, by: Item[]): void {
  const at = list.findIndex((item) => item.id === id)
  if (at >= 0) list.splice(at, 1, ...by)
}

function upsert(list: Item[], item: Item): void {
  if (list.some(({ id }) => id === item.id)) {
    replace(list, item.id, [item])
    return
  }
  const at = list.findIndex(({ n }) => n > item.n)
  list.splice(at < 0 ? list.length : at, 0, item)
}

type Numbered = { n: number }
type Event<Message> = { type: string; message?: Message }

/** What a program keeps after some events: what is posted is put in, what changed is replaced. */
export function applyEvents<Message extends Numbered>(
  before: readonly Message[],
  events: readonly Event<Message>[],
): Message[] {
  const list = new Map(before.map((message) => [message.n, message]))
  for (const { type, message } of events) {
    if (message && (type === 'message.posted' || list.has(message.n))) list.set(message.n, message)
  }
  return [...list.values()].sort((a, b) => a.n - b.n)
}
