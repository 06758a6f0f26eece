/**
 * Tells the other instances that a room's log has moved on, or the server's, which stands as room
 * `SERVER_LOG`. A bell carries no data and may be
 * lost: the sweep finds what it missed.
 */
export interface Doorbell {
  /** Rings for a room whose log has reached a number. Returns at once, and never fails. */
  ring(roomId: number, seq: number): void
  stop(): Promise<void>
}

export type Bell = {
  /** A room's log has reached a number. */
  onRing: (roomId: number, seq: number) => void
  /** Anything may have been missed: look at all that is waited for. */
  onMissed: () => void
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
