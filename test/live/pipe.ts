/** The way out of an event stream whose reader is the test. */
import type { Pipe } from '../../handlers/live/stream.ts'

export class TestPipe implements Pipe {
  readonly kind = 'test'
  /** All that was written, in the order in which it was. */
  text = ''
  ended = false
  isCut = false
  /** Whether whatever is written is taken at once. */
  isRead: boolean
  #unread = 0

  constructor(isRead: boolean) {
    this.isRead = isRead
  }

  frame(text: string): Uint8Array {
    return Buffer.from(text)
  }

  write(bytes: Uint8Array): number {
    this.text += Buffer.from(bytes).toString()
    // As a socket does it: what is written stands there unread, for a moment at the least.
    const unread = this.#unread + bytes.length
    this.#unread = this.isRead ? 0 : unread
    return unread
  }

  async drained(): Promise<void> {}

  end(): void {
    this.ended = true
  }

  cut(): void {
    this.isCut = true
  }
}

/** The numbers of the events in a stream's text, in their order. */
export const seqsIn = (text: string): number[] =>
  [...text.matchAll(/^data: \{"seq":(\d+)/gm)].map(([, seq]) => Number(seq))
