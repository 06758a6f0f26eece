/** socket.io as its documentation has it: one event to all who are connected. */
import { Server } from 'socket.io'
import { serve } from './publishing.ts'
import { textFor } from './sample.ts'

serve((sample, server) => {
  const all = new Server(server, { serveClient: false })
  return {
    publish: (number) => void all.emit('message', textFor(sample, sample.poll.body, number)),
  }
})
