import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Pipe } from '../live/stream.ts'
import { streamHeaders } from '../routes/stream.ts'

/** What Node keeps of a response's head: https://github.com/nodejs/node `lib/_http_outgoing.js`. */
type Head = { _header: string; _headerSent: boolean }

/** Whether somebody reads a request: https://github.com/nodejs/node `lib/_http_incoming.js`. */
type Consumed = { _consuming: boolean }

/**
 * Answers with prepared bytes, head and body in one: the same bytes for all who wait for the same.
 * Node is told that the head has gone out already, so it makes none; what follows (the connection
 * that is kept, the request that comes next) is its own doing as ever. Handed to `end` the bytes
 * would be held back and then written as two pieces, which costs more than all the rest.
 */
export function sendPrepared(outgoing: ServerResponse, bytes: Uint8Array): void {
  const head = outgoing as unknown as Head
  head._header = 'prepared'
  head._headerSent = true
  const { socket, req } = outgoing
  if (req.complete && req.readableLength === 0) leaveUnread(req)
  // Without a connection of its own yet, the answer waits for those to earlier requests.
  if (!socket?.writable) outgoing.end(bytes)
  else {
    socket.write(bytes)
    outgoing.end()
  }
}

/**
 * A request that has come to its end, with nothing in it, is read by nobody. Node would read it all
 * the same once it is answered, and tell of its end and its close, in five turns of its queue.
 */
function leaveUnread(incoming: IncomingMessage): void {
  const consumed = incoming as unknown as Consumed
  consumed._consuming = true
}

/**
 * Lets go of the object of all headers, which Node makes of each request and keeps for as long as it
 * is held. It is made again of the raw ones when somebody asks for it.
 */
export function forgetHeaders(incoming: IncomingMessage): void {
  const kept: { headers?: unknown } = incoming
  kept.headers = undefined
}

/**
 * Begins an event stream on a response.
 * @param headers of every answer, beside the stream's own.
 */
export function openPipe(
  outgoing: ServerResponse,
  socket: Socket,
  headers: Record<string, string>,
): NodePipe {
  outgoing.writeHead(200, { ...streamHeaders, ...headers })
  outgoing.flushHeaders()
  return new NodePipe(outgoing, socket)
}

/**
 * Tells an answer whose turn has not come that the connection is gone: Node tells only the one
 * whose turn it is, and what waits behind it would wait on.
 */
export function closeInTurn(outgoing: ServerResponse): void {
  if (outgoing.socket) return
  const { socket } = outgoing.req
  const close = () => {
    if (outgoing.socket || outgoing.writableFinished) return
    outgoing.destroy()
    outgoing.emit('close')
  }
  // Not the request's own `close`: that comes when all of it has been read.
  socket.once('close', close)
  outgoing.once('close', () => socket.off('close', close))
}

/** An event stream on a connection of its own: chunks are framed once for all, and written as they are. */
export class NodePipe implements Pipe {
  readonly kind = 'chunked'
  readonly #outgoing: ServerResponse
  readonly #socket: Socket

  /** @param outgoing whose head has gone out. */
  constructor(outgoing: ServerResponse, socket: Socket) {
    this.#outgoing = outgoing
    this.#socket = socket
  }

  frame(text: string): Uint8Array {
    const data = Buffer.from(text)
    const size = `${data.length.toString(16)}\r\n`
    return Buffer.concat([Buffer.from(size), data, Buffer.from('\r\n')])
  }

  write(bytes: Uint8Array): number {
    this.#socket.write(bytes)
    return this.#socket.writableLength
  }

  async drained(): Promise<void> {
    const socket = this.#socket
    if (!socket.writableNeedDrain || socket.destroyed) return
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      socket.on('drain', done)
      socket.on('close', done)
    })
  }

  end(): void {
    this.#outgoing.end()
  }

  cut(): void {
    this.#socket.destroy()
  }
}
