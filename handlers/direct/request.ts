import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

type Headers = IncomingMessage['headers']

/** A connection, and the headers of the last request on it, once they have come twice. */
type Connection = Socket & { [last]?: { raw: string[]; headers: Headers | undefined } }

const last = Symbol('last')

const ofNode = Object.getOwnPropertyDescriptor(IncomingMessage.prototype, 'headers')

/**
 * A request that shares its headers with the one before on its connection, where they are the same.
 * Node makes an object of them before it hands a request over, and who waits again sends the same
 * each time. They are frozen, since they are not one request's alone.
 */
export class RepeatedRequest extends IncomingMessage {}

// In Node it is a getter of the prototype; to TypeScript it is a field, which no class can override.
if (ofNode?.get && ofNode.set) {
  const [read, write] = [ofNode.get, ofNode.set]
  Object.defineProperty(RepeatedRequest.prototype, 'headers', {
    get(this: RepeatedRequest): Headers {
      const connection: Connection = this.socket
      const before = connection[last]
      if (before && areSame(before.raw, this.rawHeaders)) {
        this.rawHeaders = before.raw
        before.headers ??= Object.freeze(read.call(this)) as Headers
        return before.headers
      }
      connection[last] = { raw: this.rawHeaders, headers: undefined }
      return read.call(this)
    },
    set(this: RepeatedRequest, headers: Headers) {
      write.call(this, headers)
    },
  })
}

// As a web stream a request is asked for as many pieces ahead as this, while Node means bytes by it: a
// whole file would be in memory before the first of it is stored.
// https://github.com/nodejs/node/issues/46347
Object.defineProperty(RepeatedRequest.prototype, 'readableHighWaterMark', { get: () => 1 })

/** Whether two lists hold the same texts in the same order. */
export function areSame(some: readonly string[], others: readonly string[]): boolean {
  if (some === others) return true
  if (some.length !== others.length) return false
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false
  return true
}
