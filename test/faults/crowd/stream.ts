/** A client of the event stream. */
import { header } from '../../bench/waiters/answer.ts'
import { Chunks } from './chunks.ts'
import { Client } from './client.ts'
import { type EventJson, messagesOf, newMessage, type PageJson } from './poll.ts'

const end_of_head = '\r\n\r\n'
const again_ms_most = 5_000

export class Stream extends Client {
  #head = ''
  #chunks: Chunks | undefined
  /** What has come of the event under way. */
  #begun = ''
  #again_ms = 0

  protected path(): string {
    return `/r/${this.place.room}/messages?after=${this.cursor}`
  }

  protected headers(): string[] {
    return ['Accept: text/event-stream', `Last-Event-ID: ${this.cursor}`]
  }

  protected begin(): void {
    this.#head = ''
    this.#begun = ''
    this.#chunks = undefined
    this.#again_ms = 0
  }

  protected take(text: string): void {
    const body = this.#chunks ? this.#chunks.take(text) : this.#takeHead(text)
    const events = (this.#begun + body).split('\n\n')
    this.#begun = events.pop() ?? ''
    for (const event of events) this.#read(event)
    if (!this.#chunks?.ended) return
    this.answered()
    this.reconnect(this.#again_ms)
  }

  /** Reads the answer's head. @returns what of the stream came with it */
  #takeHead(text: string): string {
    this.#head += text
    const end = this.#head.indexOf(end_of_head)
    if (end < 0) return ''
    const head = this.#head.slice(0, end)
    const rest = this.#head.slice(end + end_of_head.length)
    const status = head.slice(9, 12)
    if (status !== '200') this.fail(status)
    else if (!header(head, /\r\ncontent-type: *([^\r]*)/i)?.startsWith('text/event-stream'))
      this.fail('no stream')
    else {
      this.#chunks = new Chunks()
      return this.#chunks.take(rest)
    }
    return ''
  }

  #read(event: string): void {
    const fields = new Map<string, string>()
    for (const line of event.split('\n')) {
      const [, name = '', value = ''] = /^([a-z]+): ?(.*)$/.exec(line) ?? []
      fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value)
    }
    const { id, data, retry, event: kind = 'message' } = Object.fromEntries(fields)
    if (retry) this.#again_ms = Math.min(Number(retry), again_ms_most)
    if (data && kind === 'reset') this.#reset(JSON.parse(data) as PageJson)
    else if (data && kind !== 'hint') {
      for (const { n, text } of newMessage(JSON.parse(data) as EventJson)) this.told.got(n, text)
    }
    if (id) this.cursor = id
  }

  #reset(page: PageJson): void {
    this.told.met('reset (stream)')
    for (const { n, text } of messagesOf(page)) this.told.gotAnew(n, text)
  }
}
