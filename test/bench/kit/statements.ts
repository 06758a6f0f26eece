/** A way to PostgreSQL that counts what is asked: every statement that a client has carried out. */
import { once } from 'node:events'
import net from 'node:net'

export type Counter = {
  host: string
  port: number
  /** How often each statement was carried out since the last time that this was called. */
  take(): Map<string, number>
  stop(): Promise<void>
}

/** Listens on a free port of the loopback address, and passes all on as it comes. */
export async function statementCounter(target: { host: string; port: number }): Promise<Counter> {
  let counts = new Map<string, number>()
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (client) => {
    const { host, port } = target
    const database = host.startsWith('/')
      ? net.connect(`${host}/.s.PGSQL.${port}`)
      : net.connect({ host, port, noDelay: true })
    const read = reader((text) => counts.set(text, (counts.get(text) ?? 0) + 1))
    client.on('data', read)
    client.pipe(database).pipe(client)
    for (const [socket, other] of [[client, database] as const, [database, client] as const]) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.once('close', () => sockets.delete(socket))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: '127.0.0.1',
    port: (server.address() as net.AddressInfo).port,
    take() {
      const taken = counts
      counts = new Map()
      return taken
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/**
 * Reads a client's side of the protocol, version 3: `Query` carries its text, `Parse` gives a text
 * a name, `Bind` a name a portal, `Execute` carries a portal out.
 */
function reader(executed: (text: string) => void): (chunk: Buffer) => void {
  const statements = new Map<string, string>()
  const portals = new Map<string, string>()
  let rest = Buffer.alloc(0)
  let started = false
  const message = (type: string, body: Buffer) => {
    const words = body.toString('latin1').split('\0', 2)
    const [first = '', second = ''] = words
    if (type === 'Q') executed(first)
    else if (type === 'P') statements.set(first, second)
    else if (type === 'B') portals.set(first, second)
    else if (type === 'E') executed(statements.get(portals.get(first) ?? '') ?? '')
  }
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      // The first message, the greeting, has no type.
      const at = started ? 1 : 0
      if (rest.length < at + 4) return
      const end = at + rest.readUInt32BE(at)
      if (rest.length < end) return
      if (started) message(String.fromCharCode(rest[0] ?? 0), rest.subarray(5, end))
      started = true
      rest = rest.subarray(end)
    }
  }
}
