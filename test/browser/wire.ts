/** A wire between a browser and a server that can be cut. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { baseUrl } from '../stack/client.ts'

export type Wire = {
  /** Where the server is seen through the wire. */
  url: string
  /** Ends every connection and takes no other. */
  cut(): void
  /** From now on nothing passes, and nobody is told. */
  freeze(): void
  /** New connections pass again. */
  mend(): void
  close(): Promise<void>
}

type State = 'whole' | 'cut' | 'frozen'

/** A wire to a server, that at `BASE_URL` if no other, whole. The caller closes it. */
export async function wire(to = baseUrl): Promise<Wire> {
  const { hostname, port } = new URL(to)
  const pairs = new Set<[Socket, Socket]>()
  let state: State = 'whole'
  const server = createServer((near) => {
    if (state === 'cut') return near.destroy()
    const far = connect({ host: hostname, port: Number(port || 80) })
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    const end = () => {
      near.destroy()
      far.destroy()
      pairs.delete(pair)
    }
    for (const [from, to] of [pair, [far, near] as const]) {
      from.on('data', (chunk: Buffer) => {
        if (state !== 'frozen') to.write(chunk)
      })
      from.on('error', end)
      from.on('close', end)
    }
  })
  const cutAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    cut() {
      state = 'cut'
      cutAll()
    },
    freeze() {
      state = 'frozen'
    },
    mend() {
      state = 'whole'
    },
    async close() {
      cutAll()
      server.close()
      await once(server, 'close')
    },
  }
}
