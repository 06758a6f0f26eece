/** The floor of the event stream: writes the same event to all who listen. Knows nobody. */
import type { ServerResponse } from 'node:http'
import { serve } from './publishing.ts'
import { textFor } from './sample.ts'

serve((sample) => {
  const { headers, event } = sample.stream
  const listening = new Set<ServerResponse>()
  return {
    publish(number) {
      const bytes = Buffer.from(textFor(sample, event, number))
      for (const response of listening) response.write(bytes)
    },
    ask(_request, response) {
      response.writeHead(200, headers).write(':\n\n')
      listening.add(response)
      response.once('close', () => listening.delete(response))
    },
  }
})
