// @ts-check
import { createRetry } from './retry.js'

// The shell came without a fragment: the server was away. The page loads again once it is back.

if (document.getElementById('away')) {
  const retry = createRetry(async () => {
    try {
      const answer = await fetch('/readyz', { cache: 'no-store' })
      if (answer.ok) return location.reload()
    } catch {
      // Not back yet.
    }
    retry.later()
  })
  retry.later()
}
