/** A proxy between browsers and the server at `BASE_URL` that counts waits, and may hold them back. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { baseUrl } from '../stack/client.ts'

/** A request for `/me/events`. `open` is the room that it was for. */
export type Wait = { way: 'stream' | 'poll' | 'look'; open: string | null; isHeld: boolean }

/**
 * How streams pass: as they come; all of it at the end, as through a proxy that buffers; or only
 * what comes first, as through one with a small buffer.
 */
export type Passage = 'through' | 'at the end' | 'first piece'

export type Front = {
  url: string
  /** All waits that came, oldest first. */
  waits: Wait[]
  /** Those that are held now. */
  held(): Wait[]
  /** From now on streams pass so. */
  lets(passage: Passage): void
  /** Ends what is held, without a word. */
  drop(): void
  close(): Promise<void>
}

/** A proxy that lets everything through. The caller closes it. */
export async function front(): Promise<Front> {
  const { hostname, port } = new URL(baseUrl)
  const waits: Wait[] = []
  const answers = new Map<Wait, ServerResponse>()
  let passage: Passage = 'through'
  const server = createServer((near, answer) => {
    const { url: path, method, headers } = near
    const to = { hostname, port: port || 80, path, method, headers, agent: false }
    const far = request(to, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.headers)
      pass(came, answer, wait?.way === 'stream' ? passage : 'through')
    })
    const wait = waitOf(near)
    if (wait) {
      waits.push(wait)
      answers.set(wait, answer)
    }
    const end = () => {
      far.destroy()
      answer.destroy()
      if (wait) answers.delete(Object.assign(wait, { isHeld: false }))
    }
    far.on('error', end)
    answer.on('close', end)
    near.pipe(far)
  })
  const drop = () => {
    for (const answer of answers.values()) answer.destroy()
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    waits,
    held: () => waits.filter(({ isHeld }) => isHeld),
    lets(how) {
      passage = how
    },
    drop,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function waitOf({ url = '', headers }: IncomingMessage): Wait | undefined {
  const { pathname, searchParams } = new URL(url, baseUrl)
  if (pathname !== '/me/events') return undefined
  const isStream = /text\/event-stream/.test(headers.accept ?? '')
  const way = isStream ? 'stream' : searchParams.get('wait') ? 'poll' : 'look'
  return { way, open: searchParams.get('open'), isHeld: true }
}

async function pass(came: IncomingMessage, answer: ServerResponse, passage: Passage) {
  const kept: Buffer[] = []
  let isFirst = true
  came.on('error', () => answer.destroy())
  came.on('data', (piece: Buffer) => {
    if (passage === 'through' || (passage === 'first piece' && isFirst)) answer.write(piece)
    else kept.push(piece)
    isFirst = false
  })
  came.on('end', () => answer.end(Buffer.concat(kept)))
}
