import type { ServerResponse } from 'node:http'
import type { Hub } from '../live/hub.ts'
import type { Batch } from '../live/log.ts'
import { once } from '../live/once.ts'
import { Wait, type Waiter } from '../live/wait.ts'
import { batchText, type ChangesForm, nextPath, type Source, zipped } from '../routes/answers.ts'
import { linkTo } from '../routes/room.ts'
import { sendPrepared } from './outgoing.ts'

/** What all polls of one room and form have in common. */
export type Manner = {
  /** Names the form among those of the room. */
  key: string
  slug: string
  epoch: string
  source: Source
  form: ChangesForm
  isZipped: boolean
  headers: Record<string, string>
  hub: Hub
  /** Hands a request to the application instead. */
  refer: (outgoing: ServerResponse) => void
}

const held = Symbol('held')

type Holding = ServerResponse & { [held]?: DirectPoll }

/** One listener for all: there are thousands. */
function leave(this: Holding): void {
  this[held]?.left()
}

/** A poll that is answered on its raw response. */
export class DirectPoll extends Wait {
  readonly #outgoing: ServerResponse
  readonly #manner: Manner

  constructor(ms: number, who: Waiter, outgoing: ServerResponse, manner: Manner) {
    super(ms, who)
    this.#outgoing = outgoing
    this.#manner = manner
  }

  /** From now on the wait ends when the client is gone. */
  leaveWithClient(): void {
    const outgoing: Holding = this.#outgoing
    outgoing[held] = this
    outgoing.on('close', leave)
  }

  /** The client is gone. */
  left(): void {
    this.#manner.hub.leave(this)
  }

  tell(batch: Batch): void {
    const { form, hub, refer } = this.#manner
    // A page that is far behind is given the newest messages instead.
    if (batch.more && form === 'fragment') refer(this.#outgoing)
    else if (hub.stopped) this.#close(batch)
    else sendPrepared(this.#outgoing, prepared(this.#manner, batch))
  }

  /** The last answer on this connection. */
  #close(batch: Batch): void {
    const { head, body } = answer(this.#manner, batch)
    this.#outgoing.writeHead(200, { ...head, connection: 'close' })
    this.#outgoing.end(body)
  }
}

/** A batch as the whole answer to a poll, made once for all who wait in the same manner. */
const prepared = (manner: Manner, batch: Batch): Buffer =>
  once(batch, manner.key, () => {
    const { head, body } = answer(manner, batch)
    const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`)
    return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`), body])
  })

const types: Record<ChangesForm, string> = {
  json: 'application/json',
  fragment: 'text/html; charset=UTF-8',
  text: 'text/plain; charset=UTF-8',
}

function answer({ source, form, isZipped, headers }: Manner, batch: Batch) {
  const { body, encoding } = zipped(batchText(source, batch, form), isZipped)
  const head: Record<string, string> = {
    'content-type': types[form],
    vary: 'Accept, HX-Request, Accept-Encoding',
    'cache-control': 'private, no-store',
    link: linkTo(nextPath(source, batch)),
    date: new Date().toUTCString(),
    ...headers,
    ...(encoding ? { 'content-encoding': encoding } : {}),
    'content-length': String(body.length),
  }
  return { head, body }
}
