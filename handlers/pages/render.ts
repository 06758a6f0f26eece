import type { JSX } from 'hono/jsx/jsx-runtime'

/** What Hono's elements have beside what their type says: they write themselves into a buffer. */
type Renderable = { toStringToBuffer(buffer: [string]): void }

/**
 * The HTML of an element that is whole at once: no part of it is a promise.
 *
 * An element's own `toString` keeps contexts for components that are awaited, by an
 * `AsyncLocalStorage`. Under Node before 24 its first use makes every promise and callback of the
 * process dearer from then on: a third of what a delivery to one who waits costs. Ours await nothing.
 *
 * @throws when a part of it is a promise.
 */
export function render(element: JSX.Element): string {
  const buffer: [string] = ['']
  ;(element as unknown as Renderable).toStringToBuffer(buffer)
  if (buffer.length > 1) throw new Error('A component of a page waits for something.')
  return buffer[0]
}
