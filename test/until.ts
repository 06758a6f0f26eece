/** Waiting in tests: for something to become true, never for a time to pass. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Comes back when something holds. A test in which it never does ends by its own limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5)
}

/** A promise and what settles it. */
export function latch(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
