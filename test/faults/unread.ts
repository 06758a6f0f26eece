/** Clients that ask for a lot and never read what they are sent. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '../../handlers/limits.ts'
import { expectStatus, freshRoom, type Guest, guest, json, word } from '../stack/client.ts'
import { hasStreams } from './scenario.ts'

const clients = 20
/** Requests that each of them sends at once; a stream is asked for once. */
const requests = 40
const messages = 300
const authors = 4
const words = 'Nobody reads this. '
const text = words.repeat(Math.floor(limits.messageChars / words.length))
const mebibyte = 2 ** 20
const [triesMost, again_ms] = [10, 200]

export type Unread = {
  /** More of them come, ask for all that was said, and more is said. */
  wave(): Promise<void>
  /** What they have left unread at the least, had all of it been sent. */
  left_mib(): number
  /** They go. */
  end(): void
}

/** Makes a room of long messages for clients that do not read them. */
export async function openUnread(): Promise<Unread> {
  const people = await Promise.all(Array.from({ length: authors }, () => guest()))
  const [first] = people as [Guest]
  const room = await freshRoom(first)
  const streams = await hasStreams(room)
  const sockets: Socket[] = []
  let left_bytes = 0
  await say(people, room, messages)
  return {
    async wave() {
      const asking = Array.from({ length: clients }, (_, at) =>
        askAndSleep(first, room, streams && at % 2 === 0),
      )
      sockets.push(...(await Promise.all(asking)))
      const polls = streams ? clients / 2 : clients
      left_bytes += polls * requests * limits.pageChars
      await say(people, room, messages)
    },
    left_mib: () => left_bytes / mebibyte,
    end() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function say(people: Guest[], room: string, count: number): Promise<void> {
  const each = Array.from({ length: count / people.length })
  await Promise.all(
    people.map(async (one) => {
      for (const _ of each) await sayAtLast(one, room)
    }),
  )
}

/** As a page does it: what is answered `unavailable` is sent again with its nonce. */
async function sayAtLast(one: Guest, room: string): Promise<void> {
  const message = json({ body: text, nonce: word() })
  for (let tries = 1; ; tries++) {
    const said = await one.ask(`/r/${room}/messages`, message)
    if (said.status === 201 || said.status === 200) return
    if (said.status !== 503 || tries === triesMost) expectStatus(said, 201)
    await sleep(again_ms)
  }
}

/** Asks, and never reads: what comes stays in the system's buffers, and then on the way there. */
async function askAndSleep({ cookie }: Guest, room: string, stream: boolean): Promise<Socket> {
  const { hostname, port, host } = new URL(process.env.BASE_URL ?? '')
  const socket = connect({ host: hostname, port: Number(port || 80) })
  // The server may well hang up on somebody like that.
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  const accept = stream ? 'text/event-stream' : 'application/json'
  const path = `/r/${room}/messages?after=0&limit=${limits.pageMessages}`
  const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\nAccept: ${accept}\r\n\r\n`
  socket.write(stream ? head : head.repeat(requests))
  return socket
}
