/** A way to the database that a test can close, open again and silence. */
import { once } from 'node:events'
import net from 'node:net'
import type { PgEnv } from './database.ts'

export type Gate = {
  /** How to reach the database through the gate. */
  env: PgEnv
  /** Breaks every connection and refuses new ones. */
  shut(): Promise<void>
  open(): Promise<void>
  /** Lets nothing more pass on the connections of now, which stay open. */
  silence(): void
}

/** Opens a gate on a free port of 127.0.0.1. */
export async function openGate(env: PgEnv): Promise<Gate> {
  const sockets = new Set<net.Socket>()
  const keep = (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }
  let port = 0
  let server: net.Server
  const open = async () => {
    server = net.createServer((client) => {
      const database = connect(env)
      for (const socket of [client, database]) keep(socket)
      client.pipe(database).pipe(client)
      client.on('close', () => database.destroy())
      database.on('close', () => client.destroy())
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as net.AddressInfo).port
  }
  await open()
  return {
    env: { ...env, PGHOST: '127.0.0.1', PGPORT: String(port) },
    open,
    async shut() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    silence() {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}

function connect({ PGHOST, PGPORT }: PgEnv): net.Socket {
  return PGHOST.startsWith('/')
    ? net.connect(`${PGHOST}/.s.PGSQL.${PGPORT}`)
    : net.connect({ host: PGHOST, port: Number(PGPORT) })
}
