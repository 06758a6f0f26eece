/** One request after the other on a connection that is kept. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { type Answer, wholeAnswer } from './answer.ts'

/** Sends a request, with its head and body as they go over the wire; gives the answer to it. */
export type Exchange = (request: string) => Promise<Answer>

/** Who finds the connection gone waits so long before it finds that again. */
const gone_ms = 1_000

/** Connects. What is asked on a connection that has ended is rejected, after a second. */
export async function openExchange(to: { host: string; port: number }): Promise<Exchange> {
  const socket = connect({ ...to, noDelay: true })
  await once(socket, 'connect')
  let received = ''
  let settle: (result: Answer | Error) => void = () => {}
  // One character for each byte, so that lengths are lengths.
  socket.setEncoding('latin1').on('data', (text) => {
    received += text
    const answer = wholeAnswer(received)
    if (!answer) return
    received = ''
    settle(answer)
  })
  socket.once('error', (error) => settle(error))
  socket.once('close', () => settle(new Error('connection closed')))
  return (request) =>
    new Promise((resolve, reject) => {
      settle = (result) => (result instanceof Error ? reject(result) : resolve(result))
      if (socket.destroyed) setTimeout(settle, gone_ms, new Error('connection closed'))
      else socket.write(request)
    })
}
