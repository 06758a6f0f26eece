/** Loaded into a process of Node whose event loop is watched: that is done from inside alone. */
import { createHistogram } from 'node:perf_hooks'

/**
 * In milliseconds between two looks; the histogram counts from one look to the next. It is none of
 * `monitorEventLoopDelay`: that counts the time in which it is disabled as one long look.
 */
const resolution = 1

let delays = createHistogram()
let looks
let lookedAt = 0

const look = () => {
  const now = performance.now()
  delays.record(Math.max(1, Math.round((now - lookedAt) * 1e6)))
  lookedAt = now
}

process.on('message', ({ loop }) => {
  if (loop === 'watch') {
    lookedAt = performance.now()
    looks = setInterval(look, resolution).unref()
  } else if (loop === 'rest') clearInterval(looks)
  else if (loop === 'tell') {
    process.send?.({ p99_ms: delays.percentile(99) / 1e6, max_ms: delays.max / 1e6 })
    delays = createHistogram()
  }
})
