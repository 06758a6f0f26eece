/** A place among messages of all rooms, the newest first. */
export type Place = { at: Date; roomId: number; n: number }

/** How a search goes on: where it stopped, and what it was. */
export type After = Place & {
  /** Whether it is by parts of words. */
  byParts: boolean
  /** Of a search for the best: how good that one was, and the newest that there was to begin with. */
  best: { rank: string; until: Date } | null
}

/** A place as clients keep it: `w1764547200000.5.77`, for the best `…_0.0607927_1764547200000`. */
export function writeAfter({ at, roomId, n, byParts, best }: After): string {
  const place = `${byParts ? 'p' : 'w'}${at.getTime()}.${roomId}.${n}`
  return best ? `${place}_${best.rank}_${best.until.getTime()}` : place
}

/** @returns null for what is no place. */
export function readAfter(word: string): After | null {
  const match =
    /^([wp])(\d{1,14})\.(\d{1,15})\.(\d{1,15})(?:_(\d{1,2}(?:\.\d{1,12})?(?:e-\d{1,2})?)_(\d{1,14}))?$/.exec(
      word,
    )
  if (!match) return null
  const [, mode, at, roomId, n, rank, until] = match
  // A rank that PostgreSQL's float4 holds: what is less than its least is none.
  if (rank !== undefined && Number(rank) > 0 && Math.fround(Number(rank)) < 1.2e-38) return null
  return {
    at: new Date(Number(at)),
    roomId: Number(roomId),
    n: Number(n),
    byParts: mode === 'p',
    best: rank === undefined ? null : { rank, until: new Date(Number(until)) },
  }
}
