import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Asked, Entry } from '../chat/entry.ts'
import type { Sql } from '../chat/sql.ts'
import type { Secret } from '../http/identity.ts'
import type { Engine } from '../live/engine.ts'

/** What the short way needs of the entry. */
export type Parts = {
  sql: Sql
  engine: Engine
  enter: (asked: Asked) => Promise<Entry>
  secret: () => Secret
  /** The headers of every answer, beside those of the form. */
  headers: Record<string, string>
  /** Answers whatever is not answered here. */
  application: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown
}
