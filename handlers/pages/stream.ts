/** The lines of an event stream: https://html.spec.whatwg.org/multipage/server-sent-events.html */

type StreamEvent = {
  /** The cursor to resume from once this event is applied. */
  id?: string
  /** Its name; `message` where none is given. */
  event?: string
  /** Any text. */
  data: string
}

/** One event of a stream. */
export function streamEvent({ id, event, data }: StreamEvent): string {
  const head = `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}`
  // A reader takes each of the three for the end of a line.
  const lines = data.split(/\r\n|\r|\n/)
  return `${head}${lines.map((line) => `data: ${line}\n`).join('')}\n`
}
