/** An instance behind real sockets, with the short way of waits in front as the Node entry has it. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { gatherEntries } from '../../handlers/chat/entry.ts'
import { RepeatedRequest } from '../../handlers/direct/request.ts'
import { directWaits } from '../../handlers/direct/waits.ts'
import type { Instance } from './app.ts'

export type Served = {
  port: number
  /** Requests that the application was asked to answer. */
  referred: () => number
  /** Connections that are open. */
  open: () => Promise<number>
  stop(): Promise<void>
}

/**
 * Lets an instance listen on a free port of 127.0.0.1.
 * @param how `alone`: the application without the short way, which must answer the same
 */
export async function serveOn(instance: Instance, how: 'short' | 'alone'): Promise<Served> {
  const { app, engine, sql, secret } = instance
  let referred = 0
  const listener = getRequestListener(app.fetch)
  const application: typeof listener = (incoming, outgoing) => {
    referred++
    return listener(incoming, outgoing)
  }
  const enter = gatherEntries(sql)
  const server = createServer(
    { IncomingMessage: RepeatedRequest },
    how === 'alone'
      ? application
      : directWaits({ sql, engine, enter, secret, headers: {}, application }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    referred: () => referred,
    open: () => connections(server),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })

/** A connection on which a test speaks as it likes. */
export type Line = {
  socket: Socket
  /** All that came, a character for each byte. */
  text: () => string
  closed: Promise<void>
}

/** Connects, and says something. */
export async function say(port: number, bytes = ''): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1' })
  let text = ''
  socket.setEncoding('latin1').on('data', (more: string) => {
    text += more
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await Promise.race([once(socket, 'connect'), closed])
  if (bytes) socket.write(bytes)
  return { socket, text: () => text, closed }
}

/** A request's head as it goes over the wire. */
export const head = (path: string, headers: Record<string, string> = {}, method = 'GET'): string =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n')
