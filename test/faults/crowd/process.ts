/**
 * The crowd: a process of its own, so that nothing else delays what it measures. The first message
 * it is sent is its order; each one after that is answered by the tally.
 */
import type { Client, Told } from './client.ts'
import { Poll } from './poll.ts'
import { Stream } from './stream.ts'
import { add, clock_ms, type Errors, type Order, type Seats, type Tally } from './tally.ts'

const clients: Client[] = []
const errors: Errors = {}
const got: Tally['got'] = {}
let [doubled, disordered, differing] = [0, 0, 0]

function begin(order: Order): void {
  for (const seats of order.seats) {
    for (let at = 0; at < seats.clients; at++) clients.push(clientAt(order, seats, at))
  }
  for (const client of clients) client.start()
}

/** By turns a stream, a program's poll, a stream and a page's poll; without streams two polls. */
function clientAt({ baseUrl, cookie, wait_s, streams }: Order, seats: Seats, at: number): Client {
  const { hostname, port } = new URL(baseUrl)
  const place = { host: hostname, port: Number(port || 80), room: seats.room, cookie, wait_s }
  const told = listener(seats.room)
  if (streams && at % 2 === 0) return new Stream(place, seats.cursor, told)
  const turn = streams ? Math.floor(at / 2) : at
  return new Poll(place, seats.cursor, told, turn % 2 === 0 ? 'json' : 'fragment')
}

/** Counts what one client gets. */
function listener(room: string): Told {
  const seen = new Set<number>()
  let newest = 0
  const got = (n: number, text: string) => {
    seen.add(n)
    if (n < newest) disordered++
    newest = Math.max(n, newest)
    count(room, n, text)
  }
  return {
    met: (error) => add(errors, error),
    got(n, text) {
      if (seen.has(n)) doubled++
      else got(n, text)
    },
    gotAnew(n, text) {
      if (!seen.has(n)) got(n, text)
    },
  }
}

function count(room: string, n: number, text: string): void {
  got[room] ??= {}
  const message = got[room][n] ?? { clients: 0, last_ms: 0, text }
  if (message.text !== text) differing++
  message.clients++
  message.last_ms = clock_ms()
  got[room][n] = message
}

const tally = (): Tally => ({
  waiting: clients.filter(({ waiting }) => waiting).length,
  got,
  doubled,
  disordered,
  differing,
  errors,
})

process.once('message', (order: Order) => {
  begin(order)
  process.on('message', () => process.send?.(tally()))
})
process.once('disconnect', () => process.exit())
