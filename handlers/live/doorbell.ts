/**
 * Tells the other instances that a room's log has moved on, or the server's, which stands as room
 * `SERVER_LOG`. A bell carries no data and may be lost: the sweep finds what it missed. A hint is
 * in no log, and lost for good.
 *
 * What PostgreSQL carries, under 8,000 bytes each:
 *
 *     natter        room:seq pairs, "12:5 7:120 0:17"; "*" stands for more rooms than fit into one
 *     natter        "watchdog " and a nonce: a bell that listens whether it still hears itself
 *     natter_hints  JSON, { "from": nonce, "hints": [[room, text], …] }
 *
 * Whatever else comes on the first channel means "look at everything", so that a version can say
 * more than another understands.
 */
export interface Doorbell {
  /** Rings for a room whose log has reached a number. Returns at once, and never fails. */
  ring(roomId: number, seq: number): void
  /**
   * Tells the other instances something of a room that is in no log. Returns at once, and never
   * fails: what is too long, or too much at once, or finds no connection, is dropped.
   */
  hint(roomId: number, text: string): void
  /** What was rung last still goes out; then nothing is told any more, and no connection is left. */
  stop(): Promise<void>
}

export type Bell = {
  /** A log has reached a number. */
  onRing: (roomId: number, seq: number) => void
  /** Anything may have been missed: look at all that is waited for. Rejects where that failed. */
  onMissed: () => Promise<void>
  /** Another instance tells something of a room. */
  onHint?: (roomId: number, text: string) => void
  /** Told when the database is reached, and when it is lost: once each, however often it is tried. */
  onState?: (state: 'listening' | 'lost', error?: unknown) => void
}

/** The payload that stands for more rooms than fit into one. */
export const EVERYTHING = '*'

/** `room:seq` pairs, or `*` when they would not fit into `mostBytes`. All of it is ASCII. */
export function writePayload(heads: ReadonlyMap<number, number>, mostBytes: number): string {
  const payload = [...heads].map(([room, seq]) => `${room}:${seq}`).join(' ')
  return payload.length > mostBytes ? EVERYTHING : payload
}

/** The pairs of a payload; null for "everything" and for anything that is not understood. */
export function readPayload(payload: string): [roomId: number, seq: number][] | null {
  if (!/^\d{1,15}:\d{1,15}( \d{1,15}:\d{1,15})*$/.test(payload)) return null
  return payload.split(' ').map((pair) => {
    const [room, seq] = pair.split(':').map(Number)
    return [room ?? 0, seq ?? 0]
  })
}

export type Hint = readonly [roomId: number, text: string]

/**
 * One hint as it stands in a payload: without line ends, NULs and halves of characters, which JSON
 * writes as escapes.
 */
export const writeHint = (roomId: number, text: string): string => JSON.stringify([roomId, text])

/** A payload of hints that `writeHint` wrote. @param from the nonce of who sends them. */
export const writeHints = (from: string, hints: Iterable<string>): string =>
  `{"from":${JSON.stringify(from)},"hints":[${[...hints].join()}]}`

/** The hints of a payload, none where they are our own; what is not understood is left out. */
export function readHints(payload: string, own: string): Hint[] {
  const { from, hints } = parsed(payload)
  return from === own || !Array.isArray(hints) ? [] : hints.filter(isHint)
}

function parsed(payload: string): { from?: unknown; hints?: unknown } {
  try {
    return Object(JSON.parse(payload))
  } catch {
    return {}
  }
}

const isHint = (one: unknown): one is Hint =>
  Array.isArray(one) &&
  one.length === 2 &&
  Number.isSafeInteger(one[0]) &&
  typeof one[1] === 'string'
