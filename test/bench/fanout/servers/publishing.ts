/** What the programs beside Natter have in common: a sample to answer, and numbers to publish. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sample } from './sample.ts'

/** Waits for the sample, then serves on the loopback address, and tells the port. */
export function serve(begin: (sample: Sample, server: Server) => Handlers): void {
  process.once('disconnect', () => process.exit())
  process.once('SIGTERM', () => process.exit())
  process.once('message', (sample: Sample) => {
    const server = createServer({ keepAliveTimeout: 75_000 })
    const { publish, ask } = begin(sample, server)
    server.on('request', (request, response) => {
      if (request.method !== 'POST' || request.url !== '/publish') return ask?.(request, response)
      request.setEncoding('utf8').once('data', (number) => {
        publish(Number(number))
        response.writeHead(201).end()
      })
    })
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => {
      process.send?.((server.address() as AddressInfo).port)
    })
  })
}

export type Handlers = {
  /** Carries a number to all who wait. */
  publish(number: number): void
  /** Answers whoever asks for anything else. */
  ask?: RequestListener
}
