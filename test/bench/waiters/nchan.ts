/** A client of nchan's long poll: what it has seen last stands in two headers. */
import { header } from './answer.ts'
import { Asker } from './asker.ts'

const modified_header = /\r\nlast-modified: *([^\r]+)/i
const tag_header = /\r\netag: *([^\r]+)/i

export class NchanPoller extends Asker {
  #seen: string[] = []

  protected override ask(): void {
    this.waiting = true
    this.send(this.head('GET', this.place.path, ...this.#seen))
  }

  protected override answered(head: string, body: string): void {
    const modified = header(head, modified_header)
    this.#seen = [`If-Modified-Since: ${modified}`, `If-None-Match: ${header(head, tag_header)}`]
    this.hearAnswer(body)
    this.ask()
  }
}
