import type { Pipe } from './stream.ts'

const encoder = new TextEncoder()

/** An event stream as a Web-standard body, for any runtime. */
export class WebPipe implements Pipe {
  readonly kind = 'web'
  readonly #controller: ReadableStreamDefaultController<Uint8Array>
  #drained: (() => void) | undefined
  isOver = false

  constructor(controller: ReadableStreamDefaultController<Uint8Array>) {
    this.#controller = controller
  }

  frame(text: string): Uint8Array {
    return encoder.encode(text)
  }

  write(bytes: Uint8Array): number {
    if (!this.isOver) this.#controller.enqueue(bytes)
    return -(this.#controller.desiredSize ?? 0)
  }

  drained(): Promise<void> {
    if ((this.#controller.desiredSize ?? 0) >= 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained = resolve
    })
  }

  /** The reader asks for more. */
  pulled(): void {
    this.#drained?.()
    this.#drained = undefined
  }

  end(): void {
    if (this.isOver) return
    this.leave()
    try {
      this.#controller.close()
    } catch {
      // A reader who cancels the body has closed it.
    }
  }

  /** The reader is gone: nothing is written any more. */
  leave(): void {
    this.isOver = true
    this.pulled()
  }

  cut(): void {
    if (!this.isOver) this.#controller.error(new Error('The reader does not read.'))
    this.leave()
  }
}
