/** Senders over HTTP: bare sockets, kept alive, one post at a time on each. */
import { randomBytes } from 'node:crypto'
import { openExchange } from '../waiters/exchange.ts'
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
    const own = `Host: ${hostname}:${port}\r\nCookie: ${cookies[at % cookies.length]}\r\n`
    const type = 'Accept: application/json\r\nContent-Type: application/json\r\n'
    const exchange = await openExchange({ host: hostname, port: Number(port) })
    return async (path) => {
      const body = bodyOf()
      const length = `Content-Length: ${body.length}\r\n\r\n`
      const { status } = await exchange(`POST ${path} HTTP/1.1\r\n${own}${type}${length}${body}`)
      if (status !== 201) throw new Error(String(status))
    }
  }
  return Promise.all(Array.from({ length: senders }, one))
})
