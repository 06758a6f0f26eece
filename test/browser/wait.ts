/** Assertions on what is live: they look again and again until they hold. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import * as assert from 'uvu/assert'

const patience_ms = 20_000
const first_pause_ms = 10
const longest_pause_ms = 250

/**
 * Waits until what is read is what is wanted; fails with the difference when it never is. Reading
 * may fail meanwhile, as it does while a document is replaced.
 * @param read looks at the page, again and again
 * @param says what should hold, for the message
 */
export async function becomes<T>(
  read: () => Promise<T>,
  wanted: T,
  says?: string,
  within_ms = patience_ms,
): Promise<void> {
  const end = Date.now() + within_ms
  let pause_ms = first_pause_ms
  while (Date.now() < end) {
    if (isDeepStrictEqual(await read().catch(() => unread), wanted)) return
    await sleep(pause_ms)
    pause_ms = Math.min(pause_ms * 1.5, longest_pause_ms)
  }
  assert.equal(await read(), wanted, says)
}

const unread = Symbol('nothing could be read')

/** Waits until something holds; fails with `says` when it never does. */
export const holds = (read: () => Promise<boolean>, says?: string): Promise<void> =>
  becomes(read, true, says)

/** Waits until a text matches; fails with the text when it never does. */
export const matches = (
  read: () => Promise<string | null>,
  wanted: RegExp,
  says?: string,
): Promise<void> =>
  becomes(
    async () => {
      const text = (await read()) ?? ''
      return wanted.test(text) ? 'it matches' : `${text} does not match ${wanted}`
    },
    'it matches',
    says,
  )
