/** Loaded into a process of Node whose event loop is watched: that is done from inside alone. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** In milliseconds between two looks; the histogram counts from one look to the next. */
const resolution = 1

let delays = monitorEventLoopDelay({ resolution })

process.on('message', ({ loop }) => {
  if (loop === 'watch') delays.enable()
  else if (loop === 'rest') delays.disable()
  else if (loop === 'tell') {
    process.send?.({ p99_ms: delays.percentile(99) / 1e6, max_ms: delays.max / 1e6 })
    delays = monitorEventLoopDelay({ resolution })
  }
})
