/**
 * The WebSocket end that `@neondatabase/serverless` talks to, in front of an ordinary PostgreSQL.
 * Every connection is piped to the one target, whatever address the driver names, so that this
 * opens no way to anywhere else.
 */
import { once } from 'node:events'
import net from 'node:net'
import { pipeline } from 'node:stream'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'

/** A running proxy; `address` is `host:port`, what `neonConfig.wsProxy` takes. */
export type NeonProxy = {
  address: string
  /** Cuts every connection and stops listening. */
  stop(): Promise<void>
}

/**
 * Starts a proxy on a free port of 127.0.0.1.
 * @param target PostgreSQL's host (or the folder of its socket) and port
 */
export async function neonProxy(target: { host: string; port: number }): Promise<NeonProxy> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (socket) => pipe(socket, target))
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      for (const socket of server.clients) socket.terminate()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Joins the two streams both ways; when either ends or breaks, so does the other. */
function pipe(socket: WebSocket, { host, port }: { host: string; port: number }): void {
  const browser = createWebSocketStream(socket)
  const database = host.startsWith('/')
    ? net.connect(`${host}/.s.PGSQL.${port}`)
    : net.connect({ host, port, noDelay: true })
  pipeline(browser, database, browser, (error) => {
    if (error) socket.terminate()
  })
}
