import { createHash } from 'node:crypto'
import { ByteReader, inPieces } from '../bytes.ts'
import { StoreAway } from '../chat/files/store.ts'
import {
  type Arrived,
  beginUpload,
  type FileBounds,
  finishUpload,
  type Left,
  serverIsFull,
  tooLarge,
  youAreFull,
} from '../chat/files/uploads.ts'
import { invalid, type Refusal } from '../chat/refusal.ts'
import { reportedCode, type Sql } from '../chat/sql.ts'
import type { Actor } from '../chat/writing/act.ts'
import { unavailable } from '../http/faults.ts'
import type { Part } from '../http/multipart.ts'
import { limits } from '../limits.ts'
import { DamagedImage, type Seen } from '../media/seen.ts'
import { stripped } from '../media/strip.ts'
import { typeOf } from '../media/type.ts'
import type { Files } from './context.ts'

/** What one request sends, and what has arrived of it. */
export class Upload {
  readonly #sql: Sql
  readonly #files: Files
  readonly #actor: Actor
  readonly #left: Left
  /** Of all that began to arrive. */
  readonly ids: string[] = []
  readonly arrived: Arrived[] = []

  constructor(sql: Sql, files: Files, actor: Actor, left: Left) {
    this.#sql = sql
    this.#files = files
    this.#actor = actor
    this.#left = { ...left }
  }

  /** Keeps a file as it comes: a piece at a time, as fast as the store takes them. */
  async take({ filename, bytes }: Part): Promise<Refusal | null> {
    const { stores, bounds } = this.#files
    let name = filename ?? ''
    try {
      const begun = await beginUpload(this.#sql, this.#actor, filename, stores.current)
      const { id } = begun
      name = begun.name
      this.ids.push(id)
      const arrived = await this.#keep(id, bytes)
      this.#left.mine -= arrived.size
      this.#left.everybodys -= arrived.size
      this.arrived.push(arrived)
      return await finishUpload(this.#sql, arrived, bounds)
    } catch (error) {
      return this.#refusal(error, name, bounds)
    }
  }

  async #keep(id: string, bytes: AsyncIterable<Uint8Array>): Promise<Arrived> {
    const store = this.#files.stores.of(this.#files.stores.current)
    const reader = new ByteReader(
      atMost(bytes, Math.min(this.#files.bounds.fileBytes, this.#left.mine, this.#left.everybodys)),
    )
    await reader.fill(limits.sniffBytes)
    const type = await typeOf(reader.held.subarray(0, limits.sniffBytes))
    const seen: Seen = {}
    const hash = createHash('sha256')
    let size = 0
    const { passed } = this.#files
    const measured = async function* () {
      for await (const some of stripped(type, reader.rest(), seen)) {
        size += some.length
        hash.update(some)
        passed(some.length)
        yield some
      }
    }
    await store.write(id, inPieces(measured(), store.pieceBytes))
    const { width, height } = seen
    return { id, type, size, sha256: hash.digest(), width, height }
  }

  #refusal(error: unknown, name: string, bounds: FileBounds): Refusal {
    if (error instanceof TooMuch) {
      const { mine, everybodys } = this.#left
      if (Math.min(mine, everybodys) >= bounds.fileBytes) return tooLarge(name, bounds.fileBytes)
      return mine < everybodys ? youAreFull(bounds.personBytes) : serverIsFull()
    }
    if (error instanceof DamagedImage) {
      const says = `“${name}” begins like a picture and is none, or a damaged one. In an archive it can be sent.`
      return invalid({ file: says })
    }
    // 53100 is a full disk: https://www.postgresql.org/docs/current/errcodes-appendix.html
    if (reportedCode(error)?.startsWith('53')) {
      this.#files.full()
      return serverIsFull()
    }
    if (error instanceof StoreAway) return unavailable()
    throw error
  }
}

class TooMuch extends Error {}

async function* atMost(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const some of bytes) {
    size += some.length
    if (size > most) throw new TooMuch()
    yield some
  }
}
