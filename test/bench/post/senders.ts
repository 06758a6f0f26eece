/** Senders over HTTP: bare sockets, kept alive, one post at a time on each. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { wholeAnswer } from '../waiters/answer.ts'
import { textOf } from '../waiters/marks.ts'
import type { HttpOrder } from './order.ts'
import { type Send, work } from './sending.ts'

work<HttpOrder>(({ baseUrl, cookies, hasBody, senders }) => {
  const { hostname, port } = new URL(baseUrl)
  const word = randomBytes(6).toString('hex')
  let number = 100_000
  const bodyOf = () =>
    hasBody ? JSON.stringify({ body: textOf(number++), nonce: `${word}-${number}` }) : ''
  const one = async (_: unknown, at: number): Promise<Send> => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    await once(socket, 'connect')
    const own = `Host: ${hostname}:${port}\r\nCookie: ${cookies[at % cookies.length]}\r\n`
    const type = 'Accept: application/json\r\nContent-Type: application/json\r\n'
    const exchange = exchangeOn(socket.setEncoding('latin1'))
    return (path) => {
      const body = bodyOf()
      const length = `Content-Length: ${body.length}\r\n\r\n`
      return exchange(`POST ${path} HTTP/1.1\r\n${own}${type}${length}${body}`)
    }
  }
  return Promise.all(Array.from({ length: senders }, one))
})

/** One request after the other. A connection that ends is an error of all that would follow. */
function exchangeOn(socket: Socket): (request: string) => Promise<void> {
  let received = ''
  let settle: (error?: Error) => void = () => {}
  socket.on('data', (text) => {
    received += text
    const answer = wholeAnswer(received)
    if (!answer) return
    received = ''
    settle(answer.status === 201 ? undefined : new Error(String(answer.status)))
  })
  const broken = new Promise<Error>((done) => {
    socket.once('error', done).once('close', () => done(new Error('connection closed')))
  })
  void broken.then((error) => settle(error))
  return (request) =>
    new Promise((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve())
      if (socket.destroyed) setTimeout(settle, 1_000, new Error('connection closed'))
      else socket.write(request)
    })
}
