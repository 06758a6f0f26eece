/** Clients of socket.io, in the words of Engine.IO 4: one by WebSocket, one by long polling. */
import { Asker } from './asker.ts'
import { Waiter } from './waiter.ts'

/** Engine.IO's packets that matter here: a letter, and what follows it. */
const ping = '2'
const pong = '3'
const connect = '40'

const address = (transport: string) => `/socket.io/?EIO=4&transport=${transport}`

export class SocketWaiter extends Waiter {
  #received = ''
  #open = false

  protected override connected(): void {
    this.#received = ''
    this.#open = false
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    this.send(this.head('GET', address('websocket'), ...upgrade, key))
  }

  protected override take(text: string): void {
    this.#received += text
    if (!this.#open) {
      const end = this.#received.indexOf('\r\n\r\n')
      if (end < 0) return
      this.told.answered(Number(this.#received.slice(9, 12)))
      this.#received = this.#received.slice(end + 4)
      this.#open = true
    }
    for (let frame = this.#frame(); frame !== undefined; frame = this.#frame()) this.#read(frame)
  }

  /** Takes the first whole frame off what came. Those of a server are not masked. */
  #frame(): string | undefined {
    const text = this.#received
    const short = text.charCodeAt(1)
    const start = short === 126 ? 4 : 2
    if (text.length < start) return undefined
    const bytes = short === 126 ? (text.charCodeAt(2) << 8) | text.charCodeAt(3) : short
    if (text.length < start + bytes) return undefined
    this.#received = text.slice(start + bytes)
    return text.slice(start, start + bytes)
  }

  #read(packet: string): void {
    if (packet.startsWith('0')) this.#say(connect)
    else if (packet.startsWith('40')) this.waiting = true
    else if (packet === ping) this.#say(pong)
    else this.hearPiece(packet)
  }

  /** A client's frame is masked; with zeros it is as it was. */
  #say(packet: string): void {
    this.send(`\x81${String.fromCharCode(0x80 | packet.length)}\0\0\0\0${packet}`)
  }
}

export class SocketPoller extends Asker {
  #session = ''

  protected override connected(): void {
    this.#session = ''
    super.connected()
  }

  protected override ask(): void {
    this.send(this.head('GET', address('polling') + this.#session))
  }

  protected override answered(_head: string, body: string): void {
    if (body.startsWith('0{')) {
      this.#session = `&sid=${JSON.parse(body.slice(1)).sid}`
      this.#say(connect)
    } else if (body === 'ok') this.#again()
    else this.#read(body.split('\x1e'))
  }

  #read(packets: string[]): void {
    const events = packets.filter((packet) => packet.startsWith('42'))
    if (events.length > 0) this.hearAnswer(events.join('\n'))
    if (packets.includes(ping)) this.#say(pong)
    else this.#again()
  }

  /** Held from here on; the answers to what is said come at once. */
  #again(): void {
    this.waiting = true
    this.ask()
  }

  #say(packet: string): void {
    const length = `Content-Length: ${packet.length}`
    const type = 'Content-Type: text/plain;charset=UTF-8'
    this.send(this.head('POST', address('polling') + this.#session, type, length) + packet)
  }
}
