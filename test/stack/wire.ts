/** Bytes on a bare connection, for what no HTTP client would send. */
import { connect, type Socket } from 'node:net'
import { baseUrl } from './client.ts'

const { hostname, port, host } = new URL(baseUrl || 'http://localhost')

/** The head that every well-formed request here begins with. */
export const head = (method: string, path: string, ...headers: string[]): string =>
  [`${method} ${path} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n')

const open = (): Socket => {
  const socket = connect({ host: hostname, port: Number(port || 80) })
  // A server may reset a connection that it refuses; what it said before counts.
  socket.on('error', () => {})
  return socket
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()))

/**
 * Sends bytes as they are and reads until the server closes the connection, or has answered as
 * often as `answers` says.
 */
export async function send(bytes: string, answers = 1): Promise<string> {
  const socket = open()
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    if (statuses(text).length >= answers) socket.end()
  })
  socket.write(bytes)
  await closed(socket)
  return text
}

/** Sends bytes and is gone. */
export async function hangUp(bytes: string): Promise<void> {
  const socket = open()
  const gone = closed(socket)
  await new Promise((written) => socket.write(bytes, written))
  socket.resetAndDestroy()
  await gone
}

/** The statuses of the final answers in a stream of bytes. */
export const statuses = (text: string): number[] =>
  [...text.matchAll(/^HTTP\/1\.[01] ([2-5]\d\d)/gm)].map(([, status]) => Number(status))
