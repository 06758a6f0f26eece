/** A client of the long poll: a program that reads JSON, or a page that reads fragments. */
import { limits } from '../../../handlers/limits.ts'
import { type Answer, header, wholeAnswer } from '../../bench/waiters/answer.ts'
import { Client, type Place, type Told } from './client.ts'

type Message = { n: number; text: string }

/** What an answer holds; `reset` where it starts anew in place of going on. */
type Read = { messages: Message[]; reset: boolean }

export class Poll extends Client {
  readonly #form: 'json' | 'fragment'
  #received = ''

  constructor(place: Place, cursor: string, told: Told, form: 'json' | 'fragment') {
    super(place, cursor, told)
    this.#form = form
  }

  // As many events as may be, so that no outage here is long enough for a fragment's reset.
  protected path(): string {
    const { room, wait_s } = this.place
    return `/r/${room}/messages?after=${this.cursor}&wait=${wait_s}&limit=${limits.pageMessages}`
  }

  protected headers(): string[] {
    return [this.#form === 'json' ? 'Accept: application/json' : 'HX-Request: true']
  }

  protected begin(): void {
    this.#received = ''
  }

  protected take(text: string): void {
    this.#received += text
    const answer = wholeAnswer(this.#received)
    if (!answer) return
    this.#received = ''
    this.answered()
    if (answer.status === 200) this.#follow(answer)
    else this.fail(String(answer.status))
  }

  /** Tells what an answer holds, and asks again from its cursor. */
  #follow(answer: Answer): void {
    const next = /[?&]after=([\w.-]+)/.exec(header(answer.head, /\r\nlink: *([^\r]*)/i) ?? '')?.[1]
    if (next === undefined) {
      this.fail('no cursor')
      return
    }
    const { messages, reset } = this.#form === 'json' ? readJson(answer) : readFragment(answer)
    for (const { n, text } of messages) this.told[reset ? 'gotAnew' : 'got'](n, text)
    this.cursor = next
    if (reset) this.told.met(`reset (${this.#form})`)
    // The last answer on this connection, as the server says in time: no error.
    if (header(answer.head, /\r\nconnection: *([^\r]*)/i)?.toLowerCase() === 'close')
      this.reconnect(0)
    else this.ask()
  }
}

/** An event of the log, as far as it is looked at here. */
export type EventJson = { type: string; message?: { n: number; body: string } }

/** A page of messages, as far as it is looked at here. */
export type PageJson = { messages?: { n: number; body: string }[] }

type ChangesJson = PageJson & { events: EventJson[]; reset: boolean }

export const messagesOf = ({ messages = [] }: PageJson): Message[] =>
  messages.map(({ n, body }) => ({ n, text: body }))

/** The message that an event brings for the first time. */
export const newMessage = ({ type, message }: EventJson): Message[] =>
  type === 'message.posted' && message ? [{ n: message.n, text: message.body }] : []

function readJson({ body }: Answer): Read {
  const { events, reset, ...page } = JSON.parse(body) as ChangesJson
  return { messages: reset ? messagesOf(page) : events.flatMap(newMessage), reset }
}

function readFragment({ head, body }: Answer): Read {
  const found = body.matchAll(/ data-n="(\d+)"[\s\S]*?<div class="body"[^>]*>([\s\S]*?)<\/div>/g)
  const messages = [...found].map(([, n, html = '']) => ({
    n: Number(n),
    text: html.replace(/<[^>]*>/g, '').trim(),
  }))
  return { messages, reset: header(head, /\r\nhx-retarget: *([^\r]*)/i) !== undefined }
}
